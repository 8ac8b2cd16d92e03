import { kindNamed } from '../kinds.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { columns, tableRows } from '../printing.ts';

/** `kubectl get --watch` for a while: the rows there are, then one for each change, with the seconds after which it came. */
export const watch: Command = {
  name: 'watch',
  usage: 'watch KIND --for=DURATION [-l SELECTOR] [-n NAMESPACE] [-o wide]',
  flags: { ...namespaceFlags, '-l': 'value', '--for': 'value', '-o': 'value' },
  async run({ client, plane: { clock } }, given, _input, print) {
    const kind = kindNamed(given.one());
    const within = kind.namespaced ? { namespace: namespaceOf(given) } : {};
    const labelSelector = given.flag('-l');
    const options = { ...(labelSelector && { labelSelector }) };
    const row = { wide: given.flag('-o') === 'wide', withNamespace: false, prefix: '' };
    const startMs = clock.now();
    const list = await client.list(kind, within, options);
    const [heading = [], ...rows] = tableRows(kind, list.items, { ...row, nowMs: startMs });
    const lines = [['AT', ...heading], ...rows.map((cells) => ['0s', ...cells])];
    const watching = client.watch(
      kind,
      within,
      { ...options, resourceVersion: list.metadata.resourceVersion ?? '' },
      {
        event(type, object) {
          const nowMs = clock.now();
          const [, cells = []] = tableRows(kind, [object], { ...row, nowMs });
          const line = [`${Math.round((nowMs - startMs) / 1000)}s`, ...cells, ...(type === 'DELETED' ? ['(gone)'] : [])];
          // kubectl prints changes of what it does not show, too; nobody reads them.
          if (
            line.slice(1).join('\t') !==
            lines
              .findLast((one) => one[1] === line[1])
              ?.slice(1)
              .join('\t')
          )
            lines.push(line);
        },
        end: () => undefined,
      },
    );
    await clock.advance(given.durationMs('--for', 30_000));
    watching.cancel();
    print(columns(lines));
  },
};

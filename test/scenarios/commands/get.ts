import type { Kind } from '../../../src/api/kind.ts';
import type { KubeObject } from '../../../src/api/meta.ts';
import { findResults, parseJsonPath, printJsonPath, relaxedTemplate, resultText } from '../../../src/codec/jsonpath/json-path.ts';
import { UsageError, type Arguments } from '../arguments.ts';
import { namespaceFlags, namespaceOf, type Command } from '../command.ts';
import { kindNamed, nameWithKind, targetOf } from '../kinds.ts';
import { columns, tableRows } from '../printing.ts';
import type { Session } from '../session.ts';

/** Tables as kubectl prints them. With `--sort-by`, or `--oldest-first` where names are made of chance. */
export const get: Command = {
  name: 'get',
  usage: 'get KINDS [NAME] | KIND/NAME [-n NAMESPACE | -A] [-l SELECTOR] [-o wide|name|jsonpath=…|custom-columns=…] [--oldest-first]',
  flags: { ...namespaceFlags, '-A': 'switch', '-l': 'value', '-o': 'value', '--field-selector': 'value', '--oldest-first': 'switch' },
  async run(session, given, _input, print) {
    const { words } = given;
    if (words.length === 0 || words.length > 2) throw new UsageError(`usage: ${get.usage}`);
    const direct = words[0]!.includes('/') ? targetOf(words[0]!) : undefined;
    const kinds = direct ? [direct.kind] : words[0]!.split(',').map(kindNamed);
    const name = direct?.name ?? words[1];
    const several = kinds.length > 1;
    const tables: string[] = [];
    for (const kind of kinds) {
      const objects = name === undefined ? await listed(session, kind, given) : [await one(session, kind, name, given)];
      if (objects.length > 0) tables.push(shown(session, kind, objects, given, several));
    }
    if (tables.length > 0) return print(tables.join('\n\n'));
    const where = kinds.every(({ namespaced }) => namespaced) && !given.has('-A') ? ` in ${namespaceOf(given)} namespace` : '';
    print(`No resources found${where}${where ? '.' : ''}`);
  },
};

async function listed({ client }: Session, kind: Kind, given: Arguments): Promise<readonly KubeObject[]> {
  const within = kind.namespaced && !given.has('-A') ? { namespace: namespaceOf(given) } : {};
  const labelSelector = given.flag('-l');
  const fieldSelector = given.flag('--field-selector');
  const { items } = await client.list(kind, within, { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) });
  return given.has('--oldest-first') ? items.toSorted(older) : items;
}

function older({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  return Date.parse(a.creationTimestamp ?? '') - Date.parse(b.creationTimestamp ?? '');
}

const one = ({ client }: Session, kind: Kind, name: string, given: Arguments): Promise<KubeObject> =>
  client.get(kind, { ...(kind.namespaced && { namespace: namespaceOf(given) }), name });

function shown(session: Session, kind: Kind, objects: readonly KubeObject[], given: Arguments, several: boolean): string {
  const format = given.flag('-o') ?? '';
  const [form, template = ''] = format.split(/=(.*)/s);
  if (form === 'name') return objects.map(({ metadata }) => nameWithKind(kind, metadata.name ?? '')).join('\n');
  if (form === 'jsonpath')
    return objects.map((object) => printJsonPath(parseJsonPath(template), object, { allowMissingKeys: true })).join('\n');
  if (form === 'custom-columns') return columns(customColumns(template, objects));
  if (form !== '' && form !== 'wide') throw new UsageError(`error: unable to match a printer suitable for the output format "${form}"`);
  const options = { wide: form === 'wide', withNamespace: given.has('-A') && kind.namespaced, nowMs: session.now() };
  return columns(tableRows(kind, objects, { ...options, prefix: several ? nameWithKind(kind, '') : '' }));
}

function customColumns(template: string, objects: readonly KubeObject[]): string[][] {
  const parts = template.split(',').map((part) => part.split(/:(.*)/s));
  const cell = (path: string, object: KubeObject) => {
    const found = findResults(parseJsonPath(relaxedTemplate(path)), object, { allowMissingKeys: true }).flat();
    return found.length === 0 ? '<none>' : found.map((value) => resultText(value)).join(',');
  };
  return [parts.map(([heading = '']) => heading), ...objects.map((object) => parts.map(([, path = '']) => cell(path, object)))];
}

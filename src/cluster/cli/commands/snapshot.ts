import { defineCommand, nameFlag, outputFlag, UsageError, wantsJson, type Invocation } from '../command.ts';
import { decryptionFlag } from '../decryption-config.ts';
import { compareFiles } from './snapshot-diff.ts';
import { getObject } from './snapshot-get.ts';
import { inspectFile } from './snapshot-inspect.ts';
import { saveFile } from './snapshot-save.ts';

const flags = {
  name: nameFlag,
  output: outputFlag,
  'live-only': { type: 'bool', usage: 'save: leave out what was overwritten or deleted.' },
  namespace: { type: 'string', shorthand: 'n', usage: "get: the object's `namespace`, default when absent. diff: compare only this one." },
  revision: { type: 'int', default: 0, usage: 'get: the object as it was at this `revision`, as far as the file has history.' },
  namespaces: { type: 'bool', usage: 'inspect: what each namespace holds, too.' },
  unified: { type: 'bool', shorthand: 'u', usage: 'diff: show what differs within changed objects.' },
  'decryption-config': decryptionFlag,
  'skip-hash-check': { type: 'bool', usage: 'Read a file whose checksum is wrong. What it shows may be wrong too.' },
} as const;

export type SnapshotInvocation = Invocation<typeof flags>;

/** What each does, with the words that follow its name. */
const actions: Readonly<
  Record<
    string,
    { readonly run: (invocation: SnapshotInvocation, words: readonly string[]) => Promise<number>; readonly words: readonly string[] }
  >
> = {
  save: { run: saveFile, words: ['FILE'] },
  inspect: { run: inspectFile, words: ['FILE'] },
  get: { run: getObject, words: ['FILE', 'KEY|KIND/NAME'] },
  diff: { run: compareFiles, words: ['FILE1', 'FILE2'] },
};

export const snapshot = defineCommand({
  name: 'snapshot',
  summary: "Save a cluster's data as etcd does, or look into any etcd's snapshot file.",
  description:
    "Saves the data of a cluster, running or stopped, to a file that etcd's own tools take; or looks into such a file, of a cluster of Slipway or of a real etcd from 3.4 on: what it holds and whether it is sound (inspect), one object of it as YAML (get), and what two of them differ in (diff).",
  args: Object.entries(actions)
    .map(([name, { words }]) => [name, ...words].join(' '))
    .join(' | '),
  examples: [
    'slipway snapshot save backup.db',
    'slipway snapshot inspect backup.db',
    'slipway snapshot get backup.db deployment/web -n shop',
    'slipway snapshot get backup.db /registry/pods/default/web -o json',
    'slipway snapshot diff monday.db tuesday.db -u',
  ],
  flags,
  completeArgs: () => Object.keys(actions),
  async run(invocation) {
    const [name = '', ...words] = invocation.args;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (!action) throw new UsageError(`say what to do: ${Object.keys(actions).join(', ')}`);
    wantsJson(invocation.flags.output);
    if (words.length < action.words.length) throw new UsageError(`${name} needs ${action.words.slice(words.length).join(' and ')}`);
    if (words.length > action.words.length) throw new UsageError(`unexpected argument ${JSON.stringify(words[action.words.length])}`);
    return action.run(invocation, words);
  },
});

export interface ComponentPage {
  readonly name: string;
  readonly flags: Readonly<Record<string, ShownFlag>>;
}

/** What the page tells of a flag. */
export interface ShownFlag {
  readonly treatment: 'obeyed' | 'accepted' | 'refused';
  readonly type: string;
  readonly default?: string;
  readonly note?: string;
  readonly why?: string;
}

const intro = `# Flags of the control plane

kube-apiserver, kube-controller-manager and kube-scheduler are one process here, and still take flags: every flag that upstream's 1.36
has is known, and one of three things becomes of it.

- **obeyed**: it does what upstream's does; a remark says what of it, where that is not all.
- **accepted**: it can have no effect here. A warning says why, when it is given.
- **refused**: nothing starts with it, because what it asks for would not happen. The message says why.

Any other flag is refused as upstream refuses it: \`unknown flag: --x\`. Values are read as Go reads them, durations such as \`1m30s\` too.

Flags come from a config file in kind's format, as kubeadm's \`extraArgs\` (a map in v1beta3, a list in v1beta4), and are kept with the
cluster:

\`\`\`yaml
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
- |
  kind: ClusterConfiguration
  controllerManager:
    extraArgs:
      node-monitor-grace-period: 10s
  apiServer:
    extraArgs:
      default-unreachable-toleration-seconds: "5"
\`\`\`

or from the library, on the virtual clock as well:

\`\`\`ts
await startCluster({ controllerManager: { 'node-monitor-grace-period': '10s' }, apiServer: { 'default-unreachable-toleration-seconds': 5 } });
\`\`\`

These two flags answer what \`--pod-eviction-timeout\` was for: a node that falls silent is unknown after the grace period, and its pods
go when they have tolerated that for so many seconds. Pods keep the seconds that they were created with.

Made by \`node tools/flags/main.ts\` from the tables that the components read (\`src/apiserver/command-line.ts\`,
\`src/controllers/command-line.ts\`, \`src/scheduler/command-line.ts\`); not to be changed by hand.
`;

export const page = (components: readonly ComponentPage[]): string => [intro, ...components.map(section)].join('\n');

function section({ name, flags }: ComponentPage): string {
  const rows = Object.entries(flags).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const count = (treatment: string): number => rows.filter(([, flag]) => flag.treatment === treatment).length;
  return [
    `## ${name}: ${rows.length} flags, ${count('obeyed')} obeyed, ${count('accepted')} accepted, ${count('refused')} refused`,
    '',
    '| flag | value | default | here | remark |',
    '|---|---|---|---|---|',
    ...rows.map(row),
    '',
  ].join('\n');
}

const row = ([name, { type, treatment, default: fallback, note, why }]: [string, ShownFlag]): string =>
  `| \`--${name}\` | ${type} | ${cell(fallback)} | ${treatment} | ${cell(note ?? why)} |`;

const cell = (text = ''): string => text.replaceAll('|', '\\|').replaceAll('*', '\\*');

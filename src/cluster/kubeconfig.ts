/** A kubeconfig as far as we touch it; everything else in it is kept as it is. */
export interface Kubeconfig {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly clusters?: readonly Named<'cluster'>[] | null;
  readonly users?: readonly Named<'user'>[] | null;
  readonly contexts?: readonly Named<'context'>[] | null;
  readonly 'current-context'?: string;
  readonly [other: string]: unknown;
}

type Named<Part extends string> = { readonly name: string } & { readonly [P in Part]?: unknown };

export interface Access {
  /** What cluster, user and context are called. */
  readonly name: string;
  /** `https://127.0.0.1:6443`. */
  readonly server: string;
  readonly caPem: string;
  readonly clientCertificatePem: string;
  readonly clientKeyPem: string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The kubeconfig of one cluster alone. */
export function kubeconfigFor({ name, server, caPem, clientCertificatePem, clientKeyPem }: Access): Kubeconfig {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { 'certificate-authority-data': base64(caPem), server } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
    preferences: {},
    users: [{ name, user: { 'client-certificate-data': base64(clientCertificatePem), 'client-key-data': base64(clientKeyPem) } }],
  };
}

/** `existing` with the entries of `added` in place of those of the same names, and its current context. */
export function mergeKubeconfig(existing: Kubeconfig | undefined, added: Kubeconfig): Kubeconfig {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    ...existing,
    clusters: replaced(existing?.clusters, added.clusters),
    contexts: replaced(existing?.contexts, added.contexts),
    users: replaced(existing?.users, added.users),
    'current-context': added['current-context'] ?? '',
  };
}

/** `existing` without what is called `name`; undefined when there was nothing of it. */
export function withoutCluster(existing: Kubeconfig, name: string): Kubeconfig | undefined {
  const without = <T extends { readonly name: string }>(list: readonly T[] | null | undefined) =>
    (list ?? []).filter((entry) => entry.name !== name);
  const next = {
    ...existing,
    clusters: without(existing.clusters),
    contexts: without(existing.contexts),
    users: without(existing.users),
    'current-context': existing['current-context'] === name ? '' : (existing['current-context'] ?? ''),
  };
  const count = (config: Kubeconfig) => (config.clusters?.length ?? 0) + (config.contexts?.length ?? 0) + (config.users?.length ?? 0);
  return count(next) === count(existing) && next['current-context'] === (existing['current-context'] ?? '') ? undefined : next;
}

/** Where a merge goes, as kubectl and kind choose: the one given; of several in `KUBECONFIG` the first that is there, else the last; else `~/.kube/config`. */
export function kubeconfigPath(
  given: string | undefined,
  environment: string | undefined,
  home: string,
  exists: (path: string) => boolean,
): string {
  if (given) return given;
  const listed = (environment ?? '').split(':').filter((path) => path !== '');
  return listed.find(exists) ?? listed.at(-1) ?? `${home}/.kube/config`;
}

function replaced<T extends { readonly name: string }>(
  existing: readonly T[] | null | undefined,
  added: readonly T[] | null | undefined,
): T[] {
  const names = new Set(added?.map((entry) => entry.name));
  return [...(existing ?? []).filter((entry) => !names.has(entry.name)), ...(added ?? [])];
}

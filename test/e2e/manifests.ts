/** What the tests create, as one would write it. */

export const deployment = (replicas: number, image = 'nginx:1.25'): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: nginx
        image: ${image}
        ports: [{containerPort: 80}]
`;

/** Labelled `app` with its own name. */
export const pod = (name: string, image = 'nginx'): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec: {containers: [{name: main, image: ${image}}]}
`;

export const configMap = (
  name: string,
  data: Readonly<Record<string, string>> = {},
  labels: Readonly<Record<string, string>> = {},
): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: ${JSON.stringify({ name, labels })}\ndata: ${JSON.stringify(data)}\n`;

/** A ConfigMap that belongs to another; a dependent that any garbage collector understands. */
export const dependent = (name: string, owner: { readonly name: string; readonly uid: string }, blockOwnerDeletion = true): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: ${JSON.stringify({
    name,
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner, blockOwnerDeletion }],
  })}\n`;

/** Several objects in one file. */
export const documents = (...manifests: readonly string[]): string => manifests.join('\n---\n');

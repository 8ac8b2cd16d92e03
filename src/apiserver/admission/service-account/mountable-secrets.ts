import type { Container, Pod, ServiceAccount } from '../../../api/generated/core/v1.ts';

const annotation = 'kubernetes.io/enforce-mountable-secrets';
/** Go's strconv.ParseBool. */
const isTrue = (text: string | undefined): boolean => ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '');

/** An account may be annotated so that its pods reach only the Secrets that it lists. */
export function mountableSecretsProblem({ spec }: Pod, account: ServiceAccount): string | undefined {
  if (!isTrue(account.metadata.annotations?.[annotation])) return undefined;
  const mountable = new Set((account.secrets ?? []).map(({ name }) => name));
  const because = `is not allowed because service account ${account.metadata.name ?? ''} does not reference that`;
  for (const { secret } of spec.volumes ?? []) {
    const name = secret?.secretName;
    if (name && !mountable.has(name)) return `volume with secret.secretName="${name}" ${because} secret`;
  }
  for (const [what, containers] of [
    ['init container', spec.initContainers ?? []],
    ['container', spec.containers],
  ] as const) {
    const found = containers.flatMap((container) => environmentSecrets(what, container)).find(({ secret }) => !mountable.has(secret));
    if (found) return `${found.where} referencing secret.secretName="${found.secret}" ${because} secret`;
  }
  const pullSecrets = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  const foreign = (spec.imagePullSecrets ?? []).find(({ name }) => !pullSecrets.has(name));
  return foreign && `imagePullSecret.name="${foreign.name ?? ''}" ${because} imagePullSecret`;
}

function environmentSecrets(what: string, { name, env = [], envFrom = [] }: Container): { where: string; secret: string }[] {
  return [
    ...env.flatMap((variable) => {
      const secret = variable.valueFrom?.secretKeyRef?.name;
      return secret ? [{ where: `${what} ${name} with envVar ${variable.name}`, secret }] : [];
    }),
    ...envFrom.flatMap(({ secretRef }) => (secretRef?.name ? [{ where: `${what} ${name} with envFrom`, secret: secretRef.name }] : [])),
  ];
}

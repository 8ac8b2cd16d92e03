import type { Secret, ServiceAccount } from '../../api/generated/core/v1.ts';
import { toBase64, utf8 } from '../../codec/bytes.ts';

const nameAnnotation = 'kubernetes.io/service-account.name';
const uidAnnotation = 'kubernetes.io/service-account.uid';

export const isTokenSecret = ({ type }: Secret): boolean => type === 'kubernetes.io/service-account-token';

/** Whose token it holds. Without a uid, whoever has the name. */
export const accountOf = ({ metadata: { annotations } }: Secret): { readonly name: string; readonly uid?: string } => {
  const uid = annotations?.[uidAnnotation];
  return { name: annotations?.[nameAnnotation] ?? '', ...(uid && { uid }) };
};

/** It holds all that clients read from it. `ca` is in base64. */
export function isWhole(secret: Secret, { metadata }: ServiceAccount, ca: string): boolean {
  const { token, namespace, 'ca.crt': found } = secret.data ?? {};
  const { name, uid } = accountOf(secret);
  return !!token && !!namespace && (ca === '' || found === ca) && name === metadata.name && uid === metadata.uid;
}

/** `token` and `ca` are in base64. */
export function withToken(secret: Secret, account: ServiceAccount, { token, ca }: { readonly token: string; readonly ca: string }): Secret {
  const { name = '', uid = '', namespace = '' } = account.metadata;
  const annotations = { ...secret.metadata.annotations, [nameAnnotation]: name, [uidAnnotation]: uid };
  const data = { namespace: toBase64(utf8(namespace)), ...secret.data, token, ...(ca !== '' && { 'ca.crt': ca }) };
  return { ...secret, metadata: { ...secret.metadata, annotations }, data };
}

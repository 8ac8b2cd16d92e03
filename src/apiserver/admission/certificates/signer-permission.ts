import type { AdmissionRequest, Authorizer } from '../../ports.ts';

/** May the caller do this for the signer, by its name or by its domain's `/*`? */
export async function mayForSigner(authorizer: Authorizer, { user }: AdmissionRequest, verb: string, signerName: string): Promise<boolean> {
  const domain = signerName.split('/')[0]!;
  for (const name of [signerName, `${domain}/*`]) {
    const resource = { group: 'certificates.k8s.io', version: '*', resource: 'signers', name };
    if ((await authorizer.authorize({ user, verb, resource })).verdict === 'allow') return true;
  }
  return false;
}

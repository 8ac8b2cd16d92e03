import { isNotFound } from '../../api/errors.ts';
import { CertificateSigningRequest } from '../../api/kinds/certificates/certificatesigningrequest.ts';
import { defineController } from '../../client/controller.ts';
import { cleanAtMs } from './approval.ts';

/** Deletes requests that are of no use any more: an hour after they were answered, a day after they were not. */
export const cleaningController = defineController({
  name: 'certificatesigningrequest-cleaner-controller',
  for: CertificateSigningRequest,
  async reconcile(csr, { client, env }) {
    const atMs = cleanAtMs(csr);
    if (atMs === undefined) return undefined;
    const waitMs = atMs - env.clock.now();
    if (waitMs > 0) return { requeueAfterMs: waitMs };
    try {
      await client.delete(CertificateSigningRequest, { name: csr.metadata.name! });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return undefined;
  },
});

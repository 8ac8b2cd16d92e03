import { loops, type ControllerDescriptor } from '../descriptor.ts';
import { approvingController } from './approving.ts';
import { cleaningController } from './cleaning.ts';
import { signingController } from './signing.ts';

const serviceAccount = 'certificate-controller';

export const certificateSigningRequestControllers: readonly ControllerDescriptor[] = [
  // Without a certificate to sign with, it is left to others.
  loops('certificatesigningrequest-signing-controller', serviceAccount, ({ flags: { clusterSigning, clusterSigningDurationMs } }) =>
    clusterSigning ? [signingController(clusterSigning, clusterSigningDurationMs / 1000)] : [],
  ),
  loops('certificatesigningrequest-approving-controller', serviceAccount, () => [approvingController]),
  loops('certificatesigningrequest-cleaner-controller', serviceAccount, () => [cleaningController]),
];

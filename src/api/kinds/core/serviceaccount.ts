import type { Draft } from '../../draft.ts';
import type { ServiceAccount as ServiceAccountType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';

const enforceMountableSecrets = 'kubernetes.io/enforce-mountable-secrets';
const enforcementDeprecated = `metadata.annotations[${enforceMountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`;

export const ServiceAccount = defineKind<ServiceAccountType>({
  ...generatedKind('', 'v1', 'ServiceAccount'),
  shortNames: ['sa'],
  columns: [nameColumn, { name: 'Secrets', type: 'string', cell: (account) => account.secrets?.length ?? 0 }, ageColumn],
  strategy: {
    prepareForCreate: keepSecretNamesOnly,
    prepareForUpdate: keepSecretNamesOnly,
    warnings: (account, old) => (enforces(account) && !(old && enforces(old)) ? [enforcementDeprecated] : []),
  },
});

/** Of the references to Secrets only the names mean anything. */
function keepSecretNamesOnly(account: Draft<ServiceAccountType>): void {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
}

const enforces = ({ metadata }: ServiceAccountType): boolean => metadata.annotations?.[enforceMountableSecrets] !== undefined;

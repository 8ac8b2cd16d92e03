import { toBase64, utf8 } from '../../../codec/bytes.ts';
import type { Draft } from '../../draft.ts';
import type { Secret as SecretType } from '../../generated/core/v1.ts';
import { ageColumn, defineKind, nameColumn } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateImmutable } from '../../semantic-equality.ts';
import { validateUnchanged } from './configmap.ts';
import { validateSecret } from './secret-validation.ts';

export const Secret = defineKind<SecretType>({
  ...generatedKind('', 'v1', 'Secret'),
  selectableFields: { type: (secret) => secret.type ?? '' },
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', cell: (secret) => secret.type ?? '' },
    { name: 'Data', type: 'string', cell: (secret) => Object.keys(secret.data ?? {}).length },
    ageColumn,
  ],
  strategy: {
    defaults(secret) {
      mergeStringData(secret);
      secret.type ||= 'Opaque';
    },
    validate: validateSecret,
    validateUpdate: (secret, old) => [
      ...validateImmutable(secret.type ?? '', old.type ?? '', 'type'),
      ...validateUnchanged(secret, old, ['data']),
    ],
  },
});

/** `stringData` is for writing only: it wins over `data`, becomes it, and is never stored. */
function mergeStringData(secret: Draft<SecretType>): void {
  if (!secret.stringData) return;
  const encoded = Object.entries(secret.stringData).map(([key, value]) => [key, toBase64(utf8(value))]);
  if (encoded.length > 0) secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

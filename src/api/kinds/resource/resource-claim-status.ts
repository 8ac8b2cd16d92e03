import { duplicate, forbidden, required, tooMany, type FieldError } from '../../field-error.ts';
import { validateImmutable } from '../../semantic-equality.ts';

/** What the status of a claim has in every version, as far as it is checked. */
interface ClaimStatus {
  readonly allocation?: unknown;
  readonly reservedFor?: readonly Consumer[];
}

interface Consumer {
  readonly resource?: string;
  readonly name?: string;
  readonly uid?: string;
}

interface Claim {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status?: ClaimStatus;
}

const maxConsumers = 256;
const path = 'status.reservedFor';

/** Who uses a claim and what it got: an allocation is not changed but taken back, once nobody uses it. */
export function validateClaimStatusUpdate(next: Claim, old: Claim): FieldError[] {
  const { allocation, reservedFor = [] } = next.status ?? {};
  const problems = validateConsumers(reservedFor);
  if (reservedFor.length > 0 && !allocation) problems.push(forbidden(path, 'may not be specified when `allocated` is not set'));
  const before = new Set((old.status?.reservedFor ?? []).map(({ uid }) => uid));
  if (allocation && next.metadata.deletionTimestamp && reservedFor.some(({ uid }) => !before.has(uid)))
    problems.push(forbidden(path, 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'));
  if (old.status?.allocation && allocation) problems.push(...validateImmutable(allocation, old.status.allocation, 'status.allocation'));
  return problems;
}

function validateConsumers(consumers: readonly Consumer[]): FieldError[] {
  if (consumers.length > maxConsumers) return [tooMany(path, consumers.length, maxConsumers)];
  return consumers.flatMap((consumer, index) => {
    const at = `${path}[${index}]`;
    const missing = (['resource', 'name', 'uid'] as const).filter((field) => !consumer[field]);
    const taken = consumers.findIndex(({ uid }) => uid === consumer.uid) < index;
    return [...missing.map((field) => required(`${at}.${field}`)), ...(taken ? [duplicate(at, consumer.uid)] : [])];
  });
}

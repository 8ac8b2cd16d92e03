import type { SuccessPolicy, SuccessPolicyRule } from '../../api/generated/batch/v1.ts';
import { countIndexes } from '../../api/kinds/batch/index-intervals.ts';
import { countShared, readIndexes, type Indexes } from './indexes.ts';

/** The message of the first rule that the succeeded indexes fulfil; undefined where none is. Source: upstream's success_policy.go. */
export function successMessage(policy: SuccessPolicy | undefined, succeeded: Indexes, completions: number): string | undefined {
  if (succeeded.length === 0) return undefined;
  const at = policy?.rules.findIndex((rule) => isFulfilled(rule, succeeded, completions)) ?? -1;
  return at < 0 ? undefined : `Matched rules at index ${at}`;
}

function isFulfilled({ succeededIndexes, succeededCount }: SuccessPolicyRule, succeeded: Indexes, completions: number): boolean {
  if (succeededIndexes === undefined) return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount;
  const required = readIndexes(succeededIndexes, completions);
  if (required.length === 0) return false;
  const shared = countShared(required, succeeded);
  return shared === countIndexes(required) || (succeededCount !== undefined && shared >= succeededCount);
}

import type { PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule } from '../../api/generated/batch/v1.ts';
import type { ContainerStatus, Pod } from '../../api/generated/core/v1.ts';

/** What a Job's `podFailurePolicy` makes of a failed pod. */
export interface FailureMatch {
  /** Of the rule that matches first; absent where none does. */
  readonly action?: PodFailurePolicyRule['action'];
  /** The failure counts towards the back-off limit. */
  readonly counts: boolean;
  /** Why the whole job fails, where it does. */
  readonly failsJob?: string;
}

/** The first rule that matches decides. Source: upstream's pod_failure_policy.go. */
export function matchFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureMatch {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const matched = rule.onExitCodes ? exitText(rule.onExitCodes, pod) : conditionText(rule, pod);
    if (matched === undefined) continue;
    const { action } = rule;
    return {
      action,
      counts: action !== 'Ignore',
      ...(action === 'FailJob' && { failsJob: `${matched} matching FailJob rule at index ${index}` }),
    };
  }
  return { counts: true };
}

function exitText(wanted: PodFailurePolicyOnExitCodesRequirement, { metadata, status }: Pod): string | undefined {
  const matches = ({ name, state }: ContainerStatus) => {
    const code = state?.terminated?.exitCode ?? 0;
    const isNamed = wanted.containerName === undefined || wanted.containerName === name;
    return code !== 0 && isNamed && wanted.values.includes(code) === (wanted.operator === 'In');
  };
  const found = (status?.containerStatuses ?? []).find(matches) ?? (status?.initContainerStatuses ?? []).find(matches);
  return (
    found &&
    `Container ${found.name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${found.state?.terminated?.exitCode}`
  );
}

function conditionText({ onPodConditions = [] }: PodFailurePolicyRule, { metadata, status }: Pod): string | undefined {
  const found = status?.conditions?.find((condition) =>
    onPodConditions.some((pattern) => pattern.type === condition.type && (pattern.status ?? 'True') === condition.status),
  );
  return found && `Pod ${metadata.namespace}/${metadata.name} has condition ${found.type}`;
}

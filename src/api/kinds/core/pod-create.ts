import type { Pod, PodAffinityTerm, PodSpec } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import type { LabelSelector } from '../../meta.ts';
import { appArmorPrefix } from './pod-annotation-validation.ts';
import { podContainers } from './pod-containers.ts';
import { qosClass } from './pod-resources.ts';

/** Upstream's podStrategy.PrepareForCreate: a new pod is pending, whatever its maker says. */
export function preparePodForCreate(pod: Draft<Pod>): void {
  const { spec } = pod;
  pod.status = { phase: 'Pending', qosClass: qosClass(spec) };
  if (spec.schedulingGates?.length) {
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    pod.status.conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message }];
  }
  const labels = pod.metadata.labels ?? {};
  for (const term of podAffinityTerms(spec)) {
    requireOwnValues(term, term.matchLabelKeys, 'In', labels);
    requireOwnValues(term, term.mismatchLabelKeys, 'NotIn', labels);
  }
  for (const constraint of spec.topologySpreadConstraints ?? []) requireOwnValues(constraint, constraint.matchLabelKeys, 'In', labels);
  mirrorAppArmor(pod);
}

function podAffinityTerms({ affinity }: Draft<PodSpec>): Draft<PodAffinityTerm>[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((one) => [
    ...(one?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }) => podAffinityTerm ?? []),
    ...(one?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
  ]);
}

/** Writes the pod's own labels into the selector, so that whoever reads it need not know the pod. */
function requireOwnValues(
  holder: { labelSelector?: Draft<LabelSelector> },
  keys: readonly string[] | undefined,
  operator: 'In' | 'NotIn',
  labels: Readonly<Record<string, string>>,
): void {
  if (!holder.labelSelector) return;
  for (const key of keys ?? []) {
    const value = labels[key];
    if (value !== undefined) (holder.labelSelector.matchExpressions ??= []).push({ key, operator, values: [value] });
  }
}

/** The field is read; old kubelets and old manifests have the annotation. Each is made from the other. */
function mirrorAppArmor(pod: Draft<Pod>): void {
  if (pod.spec.os?.name === 'windows') return;
  for (const { container } of podContainers(pod.spec, '')) {
    if (!container.name) continue;
    const draft = container as Draft<Pod>['spec']['containers'][number];
    const name = appArmorPrefix + container.name;
    const written = pod.metadata.annotations?.[name];
    const profile = draft.securityContext?.appArmorProfile ?? pod.spec.securityContext?.appArmorProfile;
    if (profile && written === undefined) (pod.metadata.annotations ??= {})[name] = appArmorText(profile);
    else if (!profile && written !== undefined) {
      const read = appArmorProfile(written);
      if (read) (draft.securityContext ??= {}).appArmorProfile = read;
    }
  }
}

type AppArmor = NonNullable<NonNullable<PodSpec['securityContext']>['appArmorProfile']>;

function appArmorText({ type, localhostProfile = '' }: AppArmor): string {
  if (type === 'RuntimeDefault') return 'runtime/default';
  return type === 'Localhost' ? `localhost/${localhostProfile}` : 'unconfined';
}

function appArmorProfile(text: string): AppArmor | undefined {
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  return text.startsWith('localhost/') ? { type: 'Localhost', localhostProfile: text.slice('localhost/'.length) } : undefined;
}

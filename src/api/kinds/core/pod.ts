import { cloneJson } from '../../../codec/clone-json.ts';
import type { Pod as PodType } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { defineKind } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { podColumns } from './pod-columns.ts';
import { preparePodForCreate } from './pod-create.ts';
import { defaultPod } from './pod-defaults.ts';
import { prepareEphemeralContainersUpdate, validateEphemeralContainersUpdate } from './pod-ephemeral-containers-update.ts';
import { prepareResize, validateResize } from './pod-resize.ts';
import { validatePodStatusUpdate } from './pod-status-validation.ts';
import { validatePodUpdate } from './pod-update-validation.ts';
import { validateNewPod, validatePod } from './pod-validation.ts';
import { warningsForPod } from './pod-warnings.ts';

export const Pod = defineKind<PodType>({
  ...generatedKind('', 'v1', 'Pod'),
  shortNames: ['po'],
  categories: ['all'],
  columns: podColumns,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    // What old clients call the same.
    'spec.host': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    // Upstream lets a selector name it and then never has a value for it.
    'status.podIPs': () => '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  strategy: {
    defaults: defaultPod,
    prepareForCreate: preparePodForCreate,
    prepareForStatusUpdate: preparePodStatus,
    validate: validatePod,
    validateCreate: validateNewPod,
    validateUpdate: validatePodUpdate,
    validateStatusUpdate: validatePodStatusUpdate,
    subresourceUpdates: {
      ephemeralcontainers: { prepare: prepareEphemeralContainersUpdate, validate: validateEphemeralContainersUpdate },
      resize: { prepare: prepareResize, validate: validateResize },
    },
    warnings: warningsForPod,
    deletionGraceSeconds,
  },
});

/** A kubelet that does not know a field must not drop it, nor may it touch what owns the pod. */
function preparePodStatus(pod: Draft<PodType>, old: PodType): void {
  pod.metadata.ownerReferences = cloneJson(old.metadata.ownerReferences) as Draft<PodType>['metadata']['ownerReferences'];
  pod.status ??= {};
  pod.status.qosClass ||= old.status?.qosClass;
  pod.status.observedGeneration ||= old.status?.observedGeneration;
  for (const condition of pod.status.conditions ?? []) {
    const before = old.status?.conditions?.find(({ type }) => type === condition.type);
    if (before?.observedGeneration) condition.observedGeneration ||= before.observedGeneration;
  }
}

/** What no kubelet has, and what has ended, is gone at once. */
function deletionGraceSeconds({ spec, status }: PodType, requestedSeconds: number | undefined): number {
  if (!spec.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
  const seconds = requestedSeconds ?? spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

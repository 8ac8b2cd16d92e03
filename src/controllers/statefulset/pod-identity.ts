import type { StatefulSet as StatefulSetObject } from '../../api/generated/apps/v1.ts';
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, Volume } from '../../api/generated/core/v1.ts';
import { StatefulSet } from '../../api/kinds/apps/statefulset.ts';
import { revisionLabel } from '../../workloads/controller-history.ts';
import { podFromTemplate } from '../../workloads/pod-control.ts';
import { ordinalOf, podName } from './ordinals.ts';

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** The pod that has this ordinal, made from the template of a revision; not created yet. */
export function newPod(set: StatefulSetObject, template: PodTemplateSpec, revision: string, ordinal: number): Pod {
  const name = podName(set, ordinal);
  const pod = podFromTemplate(template, set, StatefulSet, { name });
  return {
    ...pod,
    metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...identityLabels(name, ordinal), [revisionLabel]: revision } },
    spec: {
      ...pod.spec,
      hostname: name,
      ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
      volumes: volumesOf(set, pod.spec.volumes ?? [], ordinal),
    },
    status: {},
  };
}

export const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[revisionLabel] ?? '';

/** Does the pod bear its name as a label, and have the set's volumes? Somebody may have made it by hand, or changed it. */
export function hasItsIdentity(pod: Pod, set: StatefulSetObject): boolean {
  const ordinal = ordinalOf(pod, set)!;
  const claimNames = new Map((pod.spec.volumes ?? []).map((volume) => [volume.name, volume.persistentVolumeClaim?.claimName]));
  return (
    pod.metadata.labels?.[podNameLabel] === pod.metadata.name &&
    (set.spec.volumeClaimTemplates ?? []).every((template) => claimNames.get(template.metadata.name!) === claimName(template, set, ordinal))
  );
}

export function withItsIdentity(pod: Pod, set: StatefulSetObject): Pod {
  const ordinal = ordinalOf(pod, set)!;
  const labels = { ...pod.metadata.labels, ...identityLabels(pod.metadata.name!, ordinal) };
  return {
    ...pod,
    metadata: { ...pod.metadata, labels },
    spec: { ...pod.spec, volumes: volumesOf(set, pod.spec.volumes ?? [], ordinal) },
  };
}

/** The claims of an ordinal, made from the set's templates; it keeps them when its pod is replaced. */
export const claimsOf = (set: StatefulSetObject, ordinal: number): PersistentVolumeClaim[] =>
  (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    ...template,
    metadata: {
      ...template.metadata,
      name: claimName(template, set, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
  }));

export const claimName = (template: PersistentVolumeClaim, set: StatefulSetObject, ordinal: number): string =>
  `${template.metadata.name}-${podName(set, ordinal)}`;

const identityLabels = (name: string, ordinal: number) => ({ [podNameLabel]: name, [podIndexLabel]: String(ordinal) });

/** Claims take the place of the template's volumes of the same name. */
function volumesOf(set: StatefulSetObject, volumes: readonly Volume[], ordinal: number): Volume[] {
  const claims = (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    name: template.metadata.name!,
    persistentVolumeClaim: { claimName: claimName(template, set, ordinal) },
  }));
  return [...claims, ...volumes.filter(({ name }) => claims.every((claim) => claim.name !== name))];
}

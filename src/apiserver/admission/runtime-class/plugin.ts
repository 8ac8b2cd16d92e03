import type { Draft } from '../../../api/draft.ts';
import type { Pod } from '../../../api/generated/core/v1.ts';
import type { RuntimeClass as RuntimeClassType } from '../../../api/generated/node/v1.ts';
import { RuntimeClass } from '../../../api/kinds/node/runtimeclass.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { isCreateOf, refused } from '../request.ts';

const otherOverhead = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** Gives a pod its runtime's overhead, and sends it to the nodes that have the runtime. Source: Kubernetes' plugin/pkg/admission/runtimeclass. */
export const runtimeClassAdmission = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'RuntimeClass',
  async mutate(request) {
    if (!isCreateOf(request, '', 'pods')) return;
    const pod = request.object as Draft<Pod>;
    const found = await runtimeClassOf(reader, request, pod);
    if (!found) return;
    setOverhead(request, pod, found);
    setScheduling(request, pod, found);
  },
  async validate(request) {
    if (!isCreateOf(request, '', 'pods')) return;
    const pod = request.object as Pod;
    const overhead = (await runtimeClassOf(reader, request, pod))?.overhead;
    if (overhead) {
      if (!semanticallyEqual(overhead.podFixed, pod.spec.overhead)) throw refused(request, otherOverhead);
    } else if (Object.keys(pod.spec.overhead ?? {}).length > 0) {
      throw refused(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    }
  },
});

async function runtimeClassOf(
  reader: ObjectReader,
  request: AdmissionRequest,
  { spec }: Pick<Pod, 'spec'>,
): Promise<RuntimeClassType | undefined> {
  const name = spec.runtimeClassName;
  if (!name) return undefined;
  const found = await reader.get(RuntimeClass, undefined, name);
  if (!found) throw refused(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  return found;
}

function setOverhead(request: AdmissionRequest, { spec }: Draft<Pod>, { overhead }: RuntimeClassType): void {
  if (!overhead) return;
  if (spec.overhead && !semanticallyEqual(overhead.podFixed, spec.overhead)) throw refused(request, otherOverhead);
  spec.overhead = { ...overhead.podFixed };
}

function setScheduling(request: AdmissionRequest, { spec }: Draft<Pod>, { scheduling }: RuntimeClassType): void {
  if (!scheduling) return;
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value) {
      throw refused(request, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
    }
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
  }
  for (const toleration of scheduling.tolerations ?? []) {
    if ((spec.tolerations ?? []).some((own) => semanticallyEqual(own, toleration))) continue;
    spec.tolerations = [...(spec.tolerations ?? []), { ...toleration }];
  }
}

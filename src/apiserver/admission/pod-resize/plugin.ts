import { ApiError } from '../../../api/errors.ts';
import type { Node as NodeType, Pod } from '../../../api/generated/core/v1.ts';
import { Node } from '../../../api/kinds/core/node.ts';
import { podRequests } from '../../../api/kinds/core/pod-resources.ts';
import { quantityFrom } from '../../../api/kinds/core/resource-quantities.ts';
import { compareQuantities, milliValue, value, type Quantity } from '../../../api/quantity.ts';
import { semanticallyEqual } from '../../../api/semantic-equality.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { isUpdateThrough, refused } from '../request.ts';

/** A pod on a node cannot be given more than the node could ever give. Source: Kubernetes' plugin/pkg/admission/podresize. */
export const podResizeValidator = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'PodResizeValidator',
  async validate(request) {
    if (!isUpdateThrough(request, '', 'pods', 'resize')) return;
    const pod = request.object as unknown as Pod;
    const { nodeName } = pod.spec;
    if (!nodeName || semanticallyEqual(pod.spec, (request.old as Pod).spec)) return;
    const node = await reader.get(Node, undefined, nodeName);
    if (!node) throw refused(request, `node ${JSON.stringify(nodeName)} not found`);
    const os = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
    if (os !== 'linux')
      throw because(
        request,
        'UnsupportedPlatform',
        `pod resize is only supported on linux nodes, node ${JSON.stringify(nodeName)} is ${JSON.stringify(os)}`,
      );
    const tooMuch = beyond(pod, node);
    if (tooMuch.length > 0) throw because(request, 'NodeCapacity', `node didn't have enough allocatable resources: ${tooMuch.join('; ')}`);
  },
});

/** The resources of which it asks for more than the node has for pods. */
function beyond({ spec }: Pod, { status }: NodeType): string[] {
  const requests = podRequests(spec);
  const units: readonly (readonly [string, (quantity: Quantity) => number])[] = [
    ['cpu', milliValue],
    ['memory', value],
  ];
  return units.flatMap(([name, inUnits]) => {
    const requested = requests.get(name);
    const allocatable = quantityFrom(status?.allocatable?.[name]);
    if (!requested || compareQuantities(requested, allocatable) <= 0) return [];
    return [`${name}, requested: ${inUnits(requested)}, allocatable: ${inUnits(allocatable)}`];
  });
}

function because(request: AdmissionRequest, cause: string, why: string): ApiError {
  const { code, reason, message, details } = refused(request, why);
  return new ApiError(code, reason, message, { ...details, causes: [{ reason: cause }] });
}

import { isExtendedResource } from '../../../api/kinds/core/resource-names.ts';
import type { NodeInfo, PodInfo, Rejection, Resources, Verdict } from '../../framework.ts';

/** Extended resources that somebody else looks after. */
export interface Ignored {
  readonly resources: ReadonlySet<string>;
  /** What stands before the slash. */
  readonly groups: ReadonlySet<string>;
}

type Room = Pick<NodeInfo, 'pods' | 'allowedPods' | 'allocatable' | 'requested'>;

const pods = 1;
const cpu = 2;
const memory = 4;
const ephemeralStorage = 8;
const never = 16;

/** What the node lacks for the pod. Unresolvable where not even the empty node would have it. */
export function insufficient({ requests }: Pick<PodInfo, 'requests'>, node: Room, ignored?: Ignored): Verdict {
  const { allocatable, requested } = node;
  let lacking = node.pods.length + 1 > node.allowedPods ? pods : 0;
  if (requests.milliCpu > 0) lacking |= shortage(requests.milliCpu, allocatable.milliCpu, requested.milliCpu, cpu);
  if (requests.memoryBytes > 0) lacking |= shortage(requests.memoryBytes, allocatable.memoryBytes, requested.memoryBytes, memory);
  if (requests.ephemeralStorageBytes > 0) {
    lacking |= shortage(
      requests.ephemeralStorageBytes,
      allocatable.ephemeralStorageBytes,
      requested.ephemeralStorageBytes,
      ephemeralStorage,
    );
  }
  if (requests.scalar.size > 0) return withScalars(lacking, requests, node, ignored);
  return lacking === 0 ? undefined : rejections[lacking];
}

const shortage = (wanted: number, allocatable: number, requested: number, bit: number): number =>
  wanted <= allocatable - requested ? 0 : wanted > allocatable ? bit | never : bit;

function withScalars(lacking: number, requests: Resources, { allocatable, requested }: Room, ignored: Ignored | undefined): Verdict {
  let bits = lacking;
  let names: string[] | undefined;
  for (const [name, wanted] of requests.scalar) {
    if (wanted === 0 || (ignored && isIgnored(name, ignored))) continue;
    const capacity = allocatable.scalar.get(name) ?? 0;
    if (wanted <= capacity - (requested.scalar.get(name) ?? 0)) continue;
    (names ??= []).push(`Insufficient ${name}`);
    if (wanted > capacity) bits |= never;
  }
  if (!names) return bits === 0 ? undefined : rejections[bits];
  return { code: codeOf(bits), reasons: [...reasonsOf(bits), ...names] };
}

const isIgnored = (name: string, { resources, groups }: Ignored): boolean =>
  isExtendedResource(name) && (resources.has(name) || groups.has(name.slice(0, name.indexOf('/'))));

const codeOf = (bits: number): Rejection['code'] => (bits & never ? 'UnschedulableAndUnresolvable' : 'Unschedulable');

function reasonsOf(bits: number): string[] {
  return [
    ...(bits & pods ? ['Too many pods'] : []),
    ...(bits & cpu ? ['Insufficient cpu'] : []),
    ...(bits & memory ? ['Insufficient memory'] : []),
    ...(bits & ephemeralStorage ? ['Insufficient ephemeral-storage'] : []),
  ];
}

/** All there can be without scalar resources, by their bits: thousands of nodes may lack the same. */
const rejections: readonly Rejection[] = Array.from({ length: 2 * never }, (_, bits) => ({ code: codeOf(bits), reasons: reasonsOf(bits) }));

import type { Container, Pod, ResourceRequirements } from '../../generated/core/v1.ts';
import type { Draft } from '../../draft.ts';
import { forbidden, invalid, type FieldError } from '../../field-error.ts';
import { semanticallyEqual } from '../../semantic-equality.ts';
import { mirrorPodAnnotation } from './pod-annotation-validation.ts';
import { isRestartableInit, qosClass } from './pod-resources.ts';
import { keepAllBut } from './pod-subresource.ts';
import { validatePod } from './pod-validation.ts';

/** Through `/resize` a pod's containers get other resources while they run (KEP-1287); all else stays. */
export function prepareResize(next: Draft<Pod>, old: Pod): void {
  const { containers, initContainers, resources } = next.spec;
  const before = old.spec;
  // Left as it is, for validation to refuse.
  if (!haveSameNames(containers, before.containers) || !haveSameNames(initContainers, before.initContainers)) return;
  keepAllBut(next, old, (spec) => ({
    ...spec,
    ...(resources && spec.resources && { resources }),
    containers: withNewResources(spec.containers, containers) ?? [],
    initContainers: withNewResources(spec.initContainers, initContainers),
  }));
}

const haveSameNames = (next: readonly Named[] = [], old: readonly Named[] = []): boolean =>
  next.length === old.length && next.every(({ name }, i) => name === old[i]!.name);

type Named = Pick<Container, 'name'>;

const withNewResources = (before: Draft<Container>[] | undefined, after: Draft<Container>[] | undefined): Draft<Container>[] | undefined =>
  before?.map((container, i) => ({ ...container, resources: after?.[i]?.resources, resizePolicy: after?.[i]?.resizePolicy }));

/** Upstream's ValidatePodResize. */
export function validateResize(next: Pod, old: Pod): FieldError[] {
  if (mirrorPodAnnotation in (old.metadata.annotations ?? {})) return [forbidden('', 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
  const moved = validateSameContainers(next, old);
  if (moved.length > 0) return moved;
  const problems = validatePod(next);
  if ((old.status?.qosClass ?? qosClass(old.spec)) !== qosClass(next.spec)) {
    problems.push(invalid('spec', qosClass(next.spec), 'Pod QOS Class may not change as a result of resizing'));
  }
  if (!isOnResizingNode(old)) problems.push(forbidden('spec', 'Pod running on node without support for resize'));
  problems.push(...validatePairs(next.spec.initContainers, old.spec.initContainers, 'spec.initContainers', validateInitResize));
  problems.push(...validatePairs(next.spec.containers, old.spec.containers, 'spec.containers', validateContainerResize));
  return problems;
}

function validateSameContainers(next: Pod, old: Pod): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((field) => {
    const [after, before] = [next.spec[field] ?? [], old.spec[field] ?? []];
    if (after.length !== before.length) return [forbidden(`spec.${field}`, `${field} may not be added or removed on resize`)];
    return after.flatMap(({ name }, i) =>
      name === before[i]!.name ? [] : [forbidden(`spec.${field}[${i}].name`, `${field} may not be renamed or reordered on resize`)],
    );
  });
}

/** Kubelets that cannot resize report no resources of what runs. Without any running container, the node may be able to. */
function isOnResizingNode({ status }: Pod): boolean {
  const running = (status?.containerStatuses ?? []).find(({ state }) => state?.running);
  return running === undefined || running.resources !== undefined;
}

type PairCheck = (next: Container, old: Container, path: string) => FieldError[];

function validatePairs(
  next: readonly Container[] | undefined,
  old: readonly Container[] | undefined,
  path: string,
  check: PairCheck,
): FieldError[] {
  return (next ?? []).flatMap((container, i) => (old?.[i] ? check(container, old[i], `${path}[${i}]`) : []));
}

function validateInitResize(next: Container, old: Container, path: string): FieldError[] {
  if (isRestartableInit(old)) {
    return validateContainerResize(next, old, path, 'only cpu and memory resources for sidecar containers are mutable');
  }
  return semanticallyEqual(next, old) ? [] : [forbidden('spec', 'resources for non-sidecar init containers are immutable')];
}

function validateContainerResize(
  next: Container,
  old: Container,
  path: string,
  immutable = 'only cpu and memory resources are mutable',
): FieldError[] {
  const at = `${path}.resources`;
  const problems: FieldError[] = [];
  if (isLess(next.resources?.requests, old.resources?.requests)) {
    problems.push(forbidden(`${at}.requests`, 'resource requests cannot be removed'));
  }
  if (isLess(next.resources?.limits, old.resources?.limits)) {
    problems.push(forbidden(`${at}.limits`, 'resource limits cannot be removed'));
  }
  const fixed = { ...next, resources: fixedResources(next.resources), resizePolicy: undefined };
  const before = { ...old, resources: fixedResources(old.resources), resizePolicy: undefined };
  if (!semanticallyEqual(fixed, before)) problems.push(forbidden('spec', immutable));
  return problems;
}

const isLess = (next: Readonly<Record<string, string>> | undefined, old: Readonly<Record<string, string>> | undefined): boolean =>
  Object.keys(old ?? {}).some((name) => next?.[name] === undefined);

/** What no resize may change. */
function fixedResources(resources: ResourceRequirements | undefined): unknown {
  const without = (list: Readonly<Record<string, string>> | undefined) => {
    const { cpu: _cpu, memory: _memory, ...others } = list ?? {};
    return Object.keys(others).length > 0 ? others : undefined;
  };
  return { limits: without(resources?.limits), requests: without(resources?.requests), claims: resources?.claims };
}

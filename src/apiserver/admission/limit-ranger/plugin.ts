import type { Draft } from '../../../api/draft.ts';
import type {
  Container,
  LimitRangeItem,
  LimitRange as LimitRangeType,
  PersistentVolumeClaim,
  Pod,
} from '../../../api/generated/core/v1.ts';
import { LimitRange } from '../../../api/kinds/core/limitrange.ts';
import { podLimits, podRequests } from '../../../api/kinds/core/pod-resources.ts';
import { resourceEntries } from '../../../api/kinds/core/resource-quantities.ts';
import type { AdmissionPlugin, AdmissionRequest, ObjectReader } from '../../ports.ts';
import { isAbout, isCreateOf, isUpdateThrough, refused } from '../request.ts';
import { limitRequestRatio, maximum, maximumRequest, minimum, violations, type Usage } from './constraints.ts';

const annotation = 'kubernetes.io/limit-ranger';

/** Fills in and enforces a namespace's LimitRanges. Source: Kubernetes' plugin/pkg/admission/limitranger. */
export const limitRanger = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'LimitRanger',
  async mutate(request) {
    if (!isCreateOf(request, '', 'pods')) return;
    for (const range of await rangesOf(reader, request)) setDefaults(request.object as Draft<Pod>, range);
  },
  async validate(request) {
    const check = checkFor(request);
    if (!check) return;
    for (const range of await rangesOf(reader, request)) {
      const problems = (range.spec?.limits ?? []).flatMap(check);
      if (problems.length > 0) throw refused(request, problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
    }
  },
});

const rangesOf = (reader: ObjectReader, { namespace }: AdmissionRequest): Promise<readonly LimitRangeType[]> =>
  reader.list(LimitRange, namespace);

function checkFor(request: AdmissionRequest): ((item: LimitRangeItem) => string[]) | undefined {
  if (isCreateOf(request, '', 'pods') || isUpdateThrough(request, '', 'pods', 'resize')) {
    return (item) => podViolations(request.object as Pod, item);
  }
  const isClaim = isAbout(request, '', 'persistentvolumeclaims') && request.object !== undefined;
  return isClaim ? (item) => claimViolations(request.object as PersistentVolumeClaim, item) : undefined;
}

/** Says in an annotation what it has set, so that nobody wonders. */
function setDefaults(pod: Draft<Pod>, { spec }: LimitRangeType): void {
  const defaults = (spec?.limits ?? []).filter(({ type }) => type === 'Container');
  const limits = Object.assign({}, ...defaults.map((item) => item.default)) as Record<string, string>;
  const requests = Object.assign({}, ...defaults.map(({ defaultRequest }) => defaultRequest)) as Record<string, string>;
  const done = [
    ...pod.spec.containers.flatMap((container) => fillIn(container, 'container', { requests, limits })),
    ...(pod.spec.initContainers ?? []).flatMap((container) => fillIn(container, 'init container', { requests, limits })),
  ];
  if (done.length > 0)
    pod.metadata.annotations = { ...pod.metadata.annotations, [annotation]: `LimitRanger plugin set: ${done.join('; ')}` };
}

type Amounts = Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>>>>;

function fillIn(container: Draft<Container>, what: string, amounts: Amounts): string[] {
  return (['requests', 'limits'] as const).flatMap((field) => {
    const own = container.resources?.[field] ?? {};
    const missing = Object.keys(amounts[field]).filter((name) => own[name] === undefined);
    if (missing.length === 0) return [];
    container.resources = { ...container.resources, [field]: { ...own, ...pick(amounts[field], missing) } };
    return [`${missing.sort().join(', ')} ${field === 'requests' ? 'request' : 'limit'} for ${what} ${container.name}`];
  });
}

const pick = (from: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, from[name]!]));

function podViolations({ spec }: Pod, item: LimitRangeItem): string[] {
  if (item.type === 'Container') {
    return [...spec.containers, ...(spec.initContainers ?? [])].flatMap((container) => limitViolations(item, usageOf(container)));
  }
  return item.type === 'Pod' ? limitViolations(item, { requests: podRequests(spec), limits: podLimits(spec) }) : [];
}

const limitViolations = (item: LimitRangeItem, usage: Usage): string[] => [
  ...violations(item.min, item.type, usage, minimum),
  ...violations(item.max, item.type, usage, maximum),
  ...violations(item.maxLimitRequestRatio, item.type, usage, limitRequestRatio),
];

const usageOf = ({ resources }: Container): Usage => ({
  requests: new Map(resourceEntries(resources?.requests)),
  limits: new Map(resourceEntries(resources?.limits)),
});

function claimViolations({ spec }: PersistentVolumeClaim, item: LimitRangeItem): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const usage = { requests: new Map(resourceEntries(spec?.resources?.requests)), limits: new Map() };
  return [...violations(item.min, item.type, usage, minimum), ...violations(item.max, item.type, usage, maximumRequest)];
}

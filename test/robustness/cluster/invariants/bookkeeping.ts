import type { Pod as PodType, Service as ServiceType } from '../../../../src/api/generated/core/v1.ts';
import { Deployment } from '../../../../src/api/kinds/apps/deployment.ts';
import { Endpoints } from '../../../../src/api/kinds/core/endpoints.ts';
import { Pod } from '../../../../src/api/kinds/core/pod.ts';
import { podRequests } from '../../../../src/api/kinds/core/pod-resources.ts';
import { ResourceQuota } from '../../../../src/api/kinds/core/resourcequota.ts';
import { Service } from '../../../../src/api/kinds/core/service.ts';
import { EndpointSlice } from '../../../../src/api/kinds/discovery/endpointslice.ts';
import { PodDisruptionBudget } from '../../../../src/api/kinds/policy/poddisruptionbudget.ts';
import { isActive, isFinished, isReady } from '../../../../src/api/pods/pod-state.ts';
import { addQuantities, compareQuantities, parseQuantity, quantityText } from '../../../../src/api/quantity.ts';
import type { Invariant } from '../invariant.ts';
import { nameOf, type ClusterModel } from '../model.ts';
import { desiredHealthy, expectedPods, isHealthy, selects } from './budgets.ts';

/** Where traffic goes is where pods are ready. */
export class EndpointsAreReadyPods implements Invariant {
  readonly name = 'endpoints are the ready pods';
  looked = 0;

  atEnd(cluster: ClusterModel): readonly string[] {
    return cluster
      .all(Service)
      .filter(({ spec }) => spec?.selector !== undefined)
      .flatMap((service) => {
        this.looked++;
        const truth = cluster
          .all(Pod)
          .filter((pod) => isBehind(service, pod))
          .map(({ status }) => status?.podIP ?? '');
        return [
          ...differing(`slices of ${nameOf(service)}`, inSlices(service, cluster), truth),
          ...differing(`endpoints of ${nameOf(service)}`, inEndpoints(service, cluster), truth),
        ];
      });
  }
}

function isBehind({ metadata, spec }: ServiceType, pod: PodType): boolean {
  const labels = pod.metadata.labels ?? {};
  const isSelected = Object.entries(spec?.selector ?? {}).every(([name, value]) => labels[name] === value);
  return isSelected && pod.metadata.namespace === metadata.namespace && isActive(pod) && isReady(pod);
}

const inSlices = ({ metadata }: ServiceType, cluster: ClusterModel): string[] =>
  cluster
    .all(EndpointSlice)
    .filter(
      (slice) => slice.metadata.namespace === metadata.namespace && slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
    )
    .flatMap(({ endpoints }) =>
      (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses),
    );

const inEndpoints = ({ metadata }: ServiceType, cluster: ClusterModel): string[] =>
  cluster
    .all(Endpoints)
    .filter((one) => one.metadata.namespace === metadata.namespace && one.metadata.name === metadata.name)
    .flatMap(({ subsets }) => (subsets ?? []).flatMap(({ addresses }) => (addresses ?? []).map(({ ip }) => ip)));

function differing(what: string, is: readonly string[], want: readonly string[]): string[] {
  const [a, b] = [is.toSorted().join(), want.toSorted().join()];
  return a === b ? [] : [`${what} are ${a || 'none'}, and ready are ${b || 'none'}`];
}

export class QuotasCountRight implements Invariant {
  readonly name = 'what a quota says is used is used';
  looked = 0;

  atEnd(cluster: ClusterModel): readonly string[] {
    return cluster.all(ResourceQuota).flatMap((quota) =>
      Object.entries(quota.status?.used ?? {}).flatMap(([resource, used]) => {
        this.looked++;
        const truth = usedOf(resource, quota.metadata.namespace, cluster);
        if (compareQuantities(parseQuantity(used), truth) === 0) return [];
        return [`${nameOf(quota)} says ${used} ${resource}, and ${quantityText(truth)} are used`];
      }),
    );
  }
}

function usedOf(resource: string, namespace: string | undefined, cluster: ClusterModel) {
  const within = <O extends { readonly metadata: { readonly namespace?: string } }>(objects: readonly O[]): O[] =>
    objects.filter(({ metadata }) => metadata.namespace === namespace);
  const pods = within(cluster.all(Pod)).filter((pod) => !isFinished(pod));
  const zero = parseQuantity('0');
  switch (resource) {
    case 'pods':
      return parseQuantity(String(pods.length));
    case 'count/deployments.apps':
      return parseQuantity(String(within(cluster.all(Deployment)).length));
    default:
      return pods.reduce((sum, { spec }) => addQuantities(sum, podRequests(spec).get(resource.replace('requests.', '')) ?? zero), zero);
  }
}

export class BudgetsCountRight implements Invariant {
  readonly name = 'what a budget says is healthy is healthy';
  looked = 0;

  atEnd(cluster: ClusterModel): readonly string[] {
    return cluster.all(PodDisruptionBudget).flatMap((budget) => {
      this.looked++;
      const guarded = cluster.all(Pod).filter((pod) => selects(budget, pod));
      const expected = typeof budget.spec.minAvailable === 'number' ? guarded.length : expectedPods(guarded, cluster);
      const [healthy, desired] = [guarded.filter(isHealthy).length, desiredHealthy(budget, expected)];
      const allowed = expected === 0 ? 0 : Math.max(0, healthy - desired);
      const {
        currentHealthy,
        desiredHealthy: said,
        expectedPods: saidExpected,
        disruptionsAllowed,
        observedGeneration,
      } = budget.status ?? {};
      const is = [saidExpected, currentHealthy, said, disruptionsAllowed, observedGeneration].join('/');
      const want = [expected, healthy, desired, allowed, budget.metadata.generation].join('/');
      return is === want ? [] : [`${nameOf(budget)} says ${is} (expected/healthy/desired/allowed/generation), not ${want}`];
    });
  }
}

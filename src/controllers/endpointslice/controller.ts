import type { Pod as PodObject, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import type { EndpointSlice as EndpointSliceObject } from '../../api/generated/discovery/v1.ts';
import { Node } from '../../api/kinds/core/node.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { EndpointSlice } from '../../api/kinds/discovery/endpointslice.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { withType } from '../../workloads/owner.ts';
import { endpointsRestMs, sameForEndpoints, selectsPods } from '../../workloads/services/endpoint-rules.ts';
import { changesNothing, managedByLabel, serviceNameLabel, writeSlices, type SlicePlan } from '../../workloads/services/endpoint-slices.ts';
import { Pace } from '../../workloads/pace.ts';
import { ServicePods } from '../../workloads/services/service-pods.ts';
import { TriggerTimes, withTriggerTime } from '../../workloads/services/trigger-times.ts';
import { planSlices } from './plan.ts';
import { managedBy } from './service-slice.ts';
import { Topology } from './topology.ts';
import { sameForZones } from './zone-shares.ts';

/**
 * Every service with a selector has EndpointSlices that tell of its pods.
 * Source: pkg/controller/endpointslice.
 */
export function endpointSliceController({ informers, maxEndpoints }: { informers: Informers; maxEndpoints: number }): Controller {
  const selection = ServicePods.of(informers);
  const triggers = new TriggerTimes();
  const pace = new Pace();
  const topology = new Topology();
  return defineController({
    name: 'endpoint-slice-controller',
    for: Service,
    watches: [
      watchOf(Pod, (pod: PodObject) => selection.servicesOf(pod), sameForEndpoints),
      watchOf(EndpointSlice, serviceKeys),
      // A pod's own node is there before the pod has an address: that is only looked up.
      watchOf(Node, () => topology.nodesChanged(), sameForZones),
    ],
    async reconcile(service, context): Promise<After> {
      if (!selectsPods(service)) return;
      const key = keyOf(service);
      const now = context.env.clock.now();
      const waitMs = pace.waitMs(key, now);
      if (waitMs > 0) return { requeueAfterMs: waitMs };
      const pods = selection.podsOf(service);
      const outcome = planSlices({
        service,
        pods,
        slices: slicesOf(service, context),
        nodeOf: (name) => context.get(Node, name),
        zoneShares: () => topology.shares(() => context.list(Node)),
        maxEndpoints,
      });
      const { plan, skipped } = outcome;
      const triggerTime = triggers.next(key, service, pods);
      if (!changesNothing(plan)) {
        pace.rest(key, now + endpointsRestMs);
        await write(service, stamped(plan, triggerTime), context);
      }
      topology.tell(service, outcome.topology, context);
      if (skipped.length > 0) throw failure(service, new Error(skipped.join(', ')), context);
    },
    async gone(key) {
      triggers.forget(key);
      pace.forget(key);
      topology.forget(key);
    },
  });
}

/** Its own, and those that bear its name without belonging to anyone; another service's go with that one. */
const slicesOf = (service: ServiceObject, { owned, orphans }: Context): EndpointSliceObject[] =>
  [...owned(EndpointSlice, service), ...orphans(EndpointSlice, service.metadata.namespace ?? '')].filter(
    ({ metadata: { labels, deletionTimestamp } }) =>
      labels?.[managedByLabel] === managedBy && labels[serviceNameLabel] === service.metadata.name && deletionTimestamp === undefined,
  );

function serviceKeys({ metadata: { namespace, labels } }: EndpointSliceObject): string[] {
  const service = labels?.[serviceNameLabel];
  return service && labels[managedByLabel] === managedBy ? [`${namespace}/${service}`] : [];
}

function stamped({ create, update, remove }: SlicePlan, triggerTime: string | undefined): SlicePlan {
  const stamp = (slice: EndpointSliceObject): EndpointSliceObject => ({
    ...slice,
    metadata: { ...slice.metadata, annotations: withTriggerTime(slice.metadata.annotations, triggerTime) },
  });
  return { create: create.map(stamp), update: update.map(stamp), remove };
}

async function write(service: ServiceObject, plan: SlicePlan, context: Context): Promise<void> {
  const { namespace, name } = service.metadata;
  try {
    await writeSlices(context.client, plan, `Service ${namespace}/${name}`);
  } catch (error) {
    throw failure(service, error, context);
  }
}

/** Tells people of it; what is thrown on is the API's own error, if it is one. */
function failure(service: ServiceObject, error: unknown, { events }: Context): unknown {
  const { namespace, name } = service.metadata;
  const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${messageOf(error)}`;
  events.event(withType(service, Service), 'Warning', 'FailedToUpdateEndpointSlices', message);
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

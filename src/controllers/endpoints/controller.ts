import { isNotFound } from '../../api/errors.ts';
import type { Endpoints as EndpointsObject, Pod as PodObject, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { Pod } from '../../api/kinds/core/pod.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { defineController, watchOf, type After, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import type { Informers } from '../../client/informers.ts';
import { messageOf } from '../../workloads/error-message.ts';
import { withType } from '../../workloads/owner.ts';
import { isNamespaceTerminating } from '../../workloads/pod-control.ts';
import { endpointsRestMs, sameForEndpoints, selectsPods } from '../../workloads/services/endpoint-rules.ts';
import { Pace } from '../../workloads/pace.ts';
import { ServicePods } from '../../workloads/services/service-pods.ts';
import { TriggerTimes } from '../../workloads/services/trigger-times.ts';
import { desiredEndpoints, managedBy, managedByLabel } from './desired.ts';
import { subsetsOf } from './subsets.ts';

/**
 * Every service with a selector has Endpoints, the elder and deprecated form of its EndpointSlices.
 * Source: pkg/controller/endpoint.
 */
export function endpointsController(informers: Informers): Controller {
  const selection = ServicePods.of(informers);
  const triggers = new TriggerTimes();
  const pace = new Pace();
  return defineController({
    name: 'endpoint-controller',
    for: Service,
    watches: [
      watchOf(Pod, (pod: PodObject) => selection.servicesOf(pod), sameForEndpoints),
      // What was left behind while nobody looked is found this way too: it wakes a service that is gone.
      watchOf(Endpoints, (endpoints) => (isOurs(endpoints) ? [keyOf(endpoints)] : [])),
    ],
    async reconcile(service, context): Promise<After> {
      if (!selectsPods(service)) return;
      const key = keyOf(service);
      const now = context.env.clock.now();
      const waitMs = pace.waitMs(key, now);
      if (waitMs > 0) return { requeueAfterMs: waitMs };
      const pods = selection.podsOf(service);
      const current = context.get(Endpoints, key);
      const wanted = desiredEndpoints(service, subsetsOf(service, pods), current, triggers.next(key, service, pods));
      if (!wanted) return;
      pace.rest(key, now + endpointsRestMs);
      await write(service, wanted, current === undefined, context);
    },
    async gone(key, context) {
      triggers.forget(key);
      pace.forget(key);
      await remove(key, context);
    },
  });
}

const isOurs = ({ metadata }: EndpointsObject): boolean => metadata.labels?.[managedByLabel] === managedBy;

async function write(service: ServiceObject, endpoints: EndpointsObject, isNew: boolean, { client, events }: Context): Promise<void> {
  const { namespace, name } = service.metadata;
  try {
    await (isNew ? client.create(Endpoints, endpoints) : client.update(Endpoints, endpoints));
  } catch (error) {
    if (isNew && isNamespaceTerminating(error)) return;
    const [reason, what] = isNew
      ? ['FailedToCreateEndpoint', `Failed to create endpoint for service ${namespace}/${name}`]
      : ['FailedToUpdateEndpoint', `Failed to update endpoint ${namespace}/${name}`];
    events.event(withType(endpoints, Endpoints), 'Warning', reason, `${what}: ${messageOf(error)}`);
    throw error;
  }
}

/** Endpoints go with their service, those written by hand too. */
async function remove(key: string, { client, get }: Context): Promise<void> {
  const endpoints = get(Endpoints, key);
  if (!endpoints) return;
  try {
    await client.delete(Endpoints, { namespace: endpoints.metadata.namespace, name: endpoints.metadata.name! });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

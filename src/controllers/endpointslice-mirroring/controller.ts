import type { Endpoints as EndpointsObject, Service as ServiceObject } from '../../api/generated/core/v1.ts';
import type { EndpointSlice as EndpointSliceObject } from '../../api/generated/discovery/v1.ts';
import { Endpoints } from '../../api/kinds/core/endpoints.ts';
import { Service } from '../../api/kinds/core/service.ts';
import { EndpointSlice } from '../../api/kinds/discovery/endpointslice.ts';
import { defineController, watchOf, type Context, type Controller } from '../../client/controller.ts';
import { keyOf } from '../../client/informer.ts';
import { withType } from '../../workloads/owner.ts';
import { managedByLabel, serviceNameLabel, writeSlices } from '../../workloads/services/endpoint-slices.ts';
import { managedBy, mirror } from './mirror.ts';

/**
 * Endpoints that somebody wrote for a service without a selector are mirrored to EndpointSlices, which
 * is what proxies read. Source: pkg/controller/endpointslicemirroring.
 */
export const endpointSliceMirroringController = ({ maxPerSubset }: { maxPerSubset: number }): Controller =>
  defineController({
    name: 'endpoint-slice-mirroring-controller',
    for: Endpoints,
    watches: [
      watchOf(Service, (service) => [keyOf(service)], sameSelection),
      watchOf(EndpointSlice, ({ metadata: { namespace, labels } }) => {
        const name = labels?.[serviceNameLabel];
        return name && labels[managedByLabel] === managedBy ? [`${namespace}/${name}`] : [];
      }),
    ],
    async reconcile(endpoints, context) {
      const slices = mirroredSlices(endpoints, context);
      const service = context.get(Service, keyOf(endpoints));
      const owner = `Endpoints ${keyOf(endpoints)}`;
      if (!mayMirror(endpoints) || !service || hasSelector(service)) {
        await writeSlices(context.client, { create: [], update: [], remove: slices }, owner);
        return;
      }
      const { plan, invalid, skipped } = mirror(endpoints, slices, maxPerSubset);
      tellSkipped(endpoints, { invalid, skipped, maxPerSubset }, context);
      await writeSlices(context.client, plan, owner);
    },
  });

const hasSelector = ({ spec }: ServiceObject): boolean => Object.keys(spec?.selector ?? {}).length > 0;
const sameSelection = (old: ServiceObject, now: ServiceObject): boolean => hasSelector(old) === hasSelector(now);

const mayMirror = ({ metadata: { labels, annotations } }: EndpointsObject): boolean =>
  labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true' && annotations?.['control-plane.alpha.kubernetes.io/leader'] === undefined;

/** Those of Endpoints that are gone are the garbage collector's. */
const mirroredSlices = (endpoints: EndpointsObject, { owned }: Context): EndpointSliceObject[] =>
  owned(EndpointSlice, endpoints).filter(({ metadata: { labels } }) => labels?.[managedByLabel] === managedBy);

function tellSkipped(
  endpoints: EndpointsObject,
  { invalid, skipped, maxPerSubset }: { invalid: number; skipped: number; maxPerSubset: number },
  { events }: Context,
): void {
  const about = withType(endpoints, Endpoints);
  if (invalid > 0) {
    events.event(about, 'Warning', 'InvalidIPAddress', `Skipped ${invalid} invalid IP addresses when mirroring to EndpointSlices`);
  }
  if (skipped > invalid) {
    const message = `A max of ${maxPerSubset} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`;
    events.event(about, 'Warning', 'TooManyAddressesToMirror', message);
  }
}

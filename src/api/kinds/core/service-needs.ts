import type { Service } from '../../generated/core/v1.ts';

/** What must be given out to a Service, by its type. */

export const needsClusterIp = (service: Service): boolean => service.spec.type !== 'ExternalName';

export const needsNodePort = ({ spec }: Service): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';

/** A load balancer that keeps to nodes with endpoints asks each node for its health at a port of its own. */
export const needsHealthCheckNodePort = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/** Should ports without a number be given one? A load balancer may do without; numbers asked for are respected all the same. */
export const allocatesNodePorts = (service: Service): boolean =>
  needsNodePort(service) && (service.spec.type === 'NodePort' || service.spec.allocateLoadBalancerNodePorts !== false);

/** No cluster address by choice: names resolve to the endpoints themselves. */
export const isHeadless = ({ spec }: Service): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';

export const isExternallyAccessible = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' || spec.type === 'NodePort' || (spec.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0);

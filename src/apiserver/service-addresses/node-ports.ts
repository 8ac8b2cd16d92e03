import type { Rng } from '../../base/rng.ts';
import type { Draft } from '../../api/draft.ts';
import { internal, invalidObject } from '../../api/errors.ts';
import { invalid } from '../../api/field-error.ts';
import type { Service, ServicePort } from '../../api/generated/core/v1.ts';
import { allocatesNodePorts, needsHealthCheckNodePort, needsNodePort } from '../../api/kinds/core/service-needs.ts';
import type { NodePortRange } from './node-port-range.ts';
import type { Taking } from './taking.ts';

/** The ports on nodes that the Service holds, the one for health checks included. */
export function heldPorts(service: Service | undefined): ReadonlySet<number> {
  if (!service || !needsNodePort(service)) return new Set();
  const ports = (service.spec.ports ?? []).map(({ nodePort = 0 }) => nodePort);
  const healthCheckPort = needsHealthCheckNodePort(service) ? (service.spec.healthCheckNodePort ?? 0) : 0;
  return new Set([...ports, healthCheckPort].filter((port) => port !== 0));
}

/** Gives the Service its ports on nodes. Throws with what cannot be had; what was taken till then is in `taking`. */
export function takeNodePorts(service: Draft<Service>, old: Service | undefined, range: NodePortRange, rng: Rng, taking: Taking): void {
  const before = heldPorts(old);
  const held = new Set(before);
  const take = (port: number): string | undefined => {
    // Protocols share a number within one Service.
    if (held.has(port)) return undefined;
    const problem = range.take(port);
    if (problem !== undefined) return problem;
    held.add(port);
    taking.taken(() => range.free(port));
    return undefined;
  };
  const takeNext = (): number => {
    const port = range.takeNext(rng);
    if (port === undefined) throw internal(new Error('failed to allocate a nodePort: range is full'));
    held.add(port);
    taking.taken(() => range.free(port));
    return port;
  };
  if (needsNodePort(service)) {
    takeRequested(service, take);
    if (allocatesNodePorts(service)) takeMissing(service.spec.ports ?? [], takeNext);
  }
  if (needsHealthCheckNodePort(service)) takeHealthCheckPort(service, take, takeNext);
  const after = heldPorts(service);
  for (const port of before) if (!after.has(port)) taking.letGoWhenDone(() => range.free(port));
}

function takeRequested({ metadata, spec }: Draft<Service>, take: (port: number) => string | undefined): void {
  for (const [i, { nodePort = 0 }] of (spec.ports ?? []).entries()) {
    const problem = nodePort === 0 ? undefined : take(nodePort);
    if (problem === undefined) continue;
    const error = invalid(`spec.ports[${i}].nodePort`, nodePort, problem);
    throw invalidObject({ group: '', kind: 'Service' }, metadata.name ?? '', [error]);
  }
}

/** One port under two protocols (DNS) has one number on the node as well. */
function takeMissing(ports: Draft<ServicePort>[], takeNext: () => number): void {
  for (const port of ports) {
    if (port.nodePort) continue;
    const isFree = (nodePort: number) => !ports.some((one) => one.nodePort === nodePort && one.protocol === port.protocol);
    const twin = ports.find((one) => one.port === port.port && one.protocol !== port.protocol && one.nodePort && isFree(one.nodePort));
    port.nodePort = twin?.nodePort ?? takeNext();
  }
}

function takeHealthCheckPort({ spec }: Draft<Service>, take: (port: number) => string | undefined, takeNext: () => number): void {
  if (!spec.healthCheckNodePort) {
    spec.healthCheckNodePort = takeNext();
    return;
  }
  const problem = take(spec.healthCheckNodePort);
  if (problem !== undefined) {
    throw internal(new Error(`failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${problem}`));
  }
}

/** What every cluster has from its first moment on, beside roles (`authz/bootstrap`): made at each start where it lacks. */
import { isAlreadyExists, isNotFound } from '../api/errors.ts';
import type { ConfigMap as ConfigMapType, Endpoints as EndpointsType, Service as ServiceType } from '../api/generated/core/v1.ts';
import type { EndpointSlice as EndpointSliceType } from '../api/generated/discovery/v1.ts';
import type { ServiceCIDR as ServiceCIDRType } from '../api/generated/networking/v1.ts';
import type { PriorityClass as PriorityClassType } from '../api/generated/scheduling/v1.ts';
import { ConfigMap } from '../api/kinds/core/configmap.ts';
import { Endpoints } from '../api/kinds/core/endpoints.ts';
import { Namespace } from '../api/kinds/core/namespace.ts';
import { Service } from '../api/kinds/core/service.ts';
import { EndpointSlice } from '../api/kinds/discovery/endpointslice.ts';
import { ServiceCIDR } from '../api/kinds/networking/servicecidr.ts';
import { PriorityClass, systemPriorities } from '../api/kinds/scheduling/priorityclass.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/meta.ts';
import { semanticallyEqual } from '../api/semantic-equality.ts';
import { canonicalTime } from '../api/timestamps.ts';
import type { Client } from '../client/client.ts';
import { firstAddress } from './service-addresses/ip-range.ts';
import { systemNamespaces } from './system-namespaces.ts';

export interface BootstrapOptions {
  /** Where pods reach the API server: the address behind the Service `kubernetes`. */
  readonly apiAddress: string;
  readonly apiPort: number;
  /** `--service-cluster-ip-range`; two ranges, of two families, are separated by a comma. */
  readonly serviceSubnet: string;
  /** PEM. Published for extension API servers, which have to know whom to believe. */
  readonly clientCa?: string;
  readonly requestHeaderCa?: string;
}

export interface BootstrapObject {
  readonly kind: Kind;
  readonly object: KubeObject;
  /** The live object put right; undefined when there is nothing wrong with it. */
  repair?(live: KubeObject): KubeObject | undefined;
}

/** Namespaces first, for the others live in them. */
export function bootstrapObjects(options: BootstrapOptions): BootstrapObject[] {
  return [
    ...systemNamespaces.map((name) => ({ kind: Namespace as Kind, object: { metadata: { name } } })),
    kubernetesService(options),
    kubernetesEndpoints(options),
    kubernetesEndpointSlice(options),
    ...priorityClasses.map((object) => ({ kind: PriorityClass as Kind, object })),
    { kind: ServiceCIDR, object: serviceCidr(options) },
    extensionAuthentication(options),
  ];
}

/** Creates what lacks and repairs what points elsewhere, all at once. Rejects with the first ApiError; doing it again is harmless. */
export async function ensureBootstrap(client: Client, options: BootstrapOptions & { readonly nowMs: number }): Promise<void> {
  const objects = bootstrapObjects(options);
  await Promise.all(objects.filter(({ kind }) => kind === Namespace).map((one) => ensure(client, one)));
  await Promise.all(objects.filter(({ kind }) => kind !== Namespace).map((one) => ensure(client, one)));
  await ensureCidrReady(client, options.nowMs);
}

async function ensure(client: Client, wanted: BootstrapObject): Promise<void> {
  const { kind, object } = wanted;
  const { namespace, name = '' } = object.metadata;
  const live = await client.get(kind, { ...(namespace && { namespace }), name }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
  if (live) {
    const repaired = wanted.repair?.(live);
    if (repaired) await client.update(kind, repaired);
    return;
  }
  await client.create(kind, object).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
}

/** Upstream's controller of the default range says that it may be used. */
async function ensureCidrReady(client: Client, nowMs: number): Promise<void> {
  const live = await client.get(ServiceCIDR, { name: cidrName });
  if (live.status?.conditions?.some(({ type }) => type === 'Ready')) return;
  const ready = {
    type: 'Ready',
    status: 'True' as const,
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: canonicalTime(new Date(nowMs).toISOString()),
  };
  await client.updateStatus(ServiceCIDR, { ...live, status: { ...live.status, conditions: [...(live.status?.conditions ?? []), ready] } });
}

const serviceName = { namespace: 'default', name: 'kubernetes' };

function kubernetesService({ serviceSubnet, apiPort }: BootstrapOptions): BootstrapObject {
  const ports = [{ name: 'https', protocol: 'TCP' as const, port: 443, targetPort: apiPort }];
  const ip = firstAddress(subnetsOf(serviceSubnet)[0]!);
  const object: ServiceType = {
    metadata: { ...serviceName, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP: ip, clusterIPs: [ip], ipFamilyPolicy: 'SingleStack', sessionAffinity: 'None', ports },
    status: {},
  };
  return {
    kind: Service,
    object,
    repair(live) {
      const { spec } = live as ServiceType;
      return semanticallyEqual(spec.ports, ports) ? undefined : ({ ...live, spec: { ...spec, ports } } as KubeObject);
    },
  };
}

function kubernetesEndpoints({ apiAddress, apiPort }: BootstrapOptions): BootstrapObject {
  const subsets = [{ addresses: [{ ip: apiAddress }], ports: [{ name: 'https', port: apiPort, protocol: 'TCP' as const }] }];
  const object: EndpointsType = {
    // The slice is written here too; a mirrored one would stand beside it.
    metadata: { ...serviceName, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets,
  };
  return {
    kind: Endpoints,
    object,
    repair: (live) => (semanticallyEqual((live as EndpointsType).subsets, subsets) ? undefined : ({ ...live, subsets } as KubeObject)),
  };
}

function kubernetesEndpointSlice({ apiAddress, apiPort }: BootstrapOptions): BootstrapObject {
  const addressed = {
    endpoints: [{ addresses: [apiAddress], conditions: { ready: true } }],
    ports: [{ name: 'https', port: apiPort, protocol: 'TCP' as const }],
  };
  const object: EndpointSliceType = {
    metadata: { ...serviceName, labels: { 'kubernetes.io/service-name': serviceName.name } },
    addressType: apiAddress.includes(':') ? 'IPv6' : 'IPv4',
    ...addressed,
  };
  return {
    kind: EndpointSlice,
    object,
    repair(live) {
      const { endpoints, ports } = live as EndpointSliceType;
      return semanticallyEqual({ endpoints, ports }, addressed) ? undefined : { ...live, ...addressed };
    },
  };
}

const priorityClasses: readonly PriorityClassType[] = [
  systemClass(
    'system-cluster-critical',
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ),
  systemClass('system-node-critical', 'Used for system critical pods that must not be moved from their current node.'),
];

function systemClass(name: string, description: string): PriorityClassType {
  return { metadata: { name }, value: systemPriorities[name]!, description, preemptionPolicy: 'PreemptLowerPriority' };
}

const cidrName = 'kubernetes';

const serviceCidr = ({ serviceSubnet }: BootstrapOptions): ServiceCIDRType => ({
  metadata: { name: cidrName },
  spec: { cidrs: subnetsOf(serviceSubnet) },
  status: {},
});

function extensionAuthentication({ clientCa, requestHeaderCa }: BootstrapOptions): BootstrapObject {
  const data = {
    ...(clientCa !== undefined && { 'client-ca-file': clientCa }),
    ...(requestHeaderCa !== undefined && {
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-client-ca-file': requestHeaderCa,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-uid-headers': '["X-Remote-Uid"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    }),
  };
  const object: ConfigMapType = { metadata: { namespace: 'kube-system', name: 'extension-apiserver-authentication' }, data };
  return {
    kind: ConfigMap,
    object,
    repair(live) {
      const known = (live as ConfigMapType).data;
      const next = { ...known, ...data };
      return semanticallyEqual(next, known ?? {}) ? undefined : ({ ...live, data: next } as KubeObject);
    },
  };
}

const subnetsOf = (serviceSubnet: string): string[] => serviceSubnet.split(',').map((subnet) => subnet.trim());

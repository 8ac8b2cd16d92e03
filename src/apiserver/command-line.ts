import {
  accepted,
  CommandLineError,
  fixed,
  obeyed,
  readComponentLine,
  refused,
  type FlagTable,
  type ReadLine,
} from '../codec/component-flags.ts';
import { FlagError } from '../codec/flags.ts';
import { commonFlags } from '../api/component-flags.ts';
import { allKinds } from '../api/kinds/all.ts';
import { KindRegistry } from '../api/registry.ts';
import { parseRuntimeConfig, RuntimeConfigError } from '../api/runtime-config.ts';
import { parseCidr } from '../api/validation/ip.ts';
import { chosenPlugins } from './admission/names.ts';
import { portRangeOf } from './service-addresses/node-port-range-text.ts';
import type { PortRange } from './service-addresses/node-port-range.ts';

/** What kube-apiserver's command line sets. Files are named here, and read by whoever starts the server. */
export interface ServerSettings {
  readonly maxReadOnlyInFlight: number;
  readonly maxMutatingInFlight: number;
  readonly requestTimeoutMs: number;
  readonly minWatchSeconds: number;
  readonly compactionIntervalMs: number;
  readonly eventTtlSeconds: number;
  readonly notReadyTolerationSeconds: number;
  readonly unreachableTolerationSeconds: number;
  readonly enablePlugins: readonly string[];
  readonly disablePlugins: readonly string[];
  readonly serviceSubnet: string;
  readonly nodePorts: PortRange;
  /** Keys and values as they were written. */
  readonly runtimeConfig: Readonly<Record<string, string>>;
  readonly authorizationModes: readonly string[];
  readonly anonymous: boolean;
  readonly issuer: string;
  readonly apiAudiences: readonly string[];
  readonly maxTokenSeconds: number;
  readonly extendExpiration: boolean;
  readonly jwksUri: string;
  /** `--token-auth-file`. */
  readonly tokenFile: string;
}

/** Throws CommandLineError. */
export function readServerLine(words: readonly string[]): ReadLine<ServerSettings> {
  const line = readComponentLine('kube-apiserver', serverFlags, words);
  const { enablePlugins: enable = [], disablePlugins: disable = [], ...settings } = line.settings;
  const { problems, warnings, chosen } = chosenPlugins({ enable, disable });
  if (problems.length > 0) throw new CommandLineError('kube-apiserver', problems);
  const plugins = {
    ...(chosen.enable.length > 0 && { enablePlugins: chosen.enable }),
    ...(chosen.disable.length > 0 && { disablePlugins: chosen.disable }),
  };
  return {
    ...line,
    settings: { ...settings, ...plugins },
    warnings: [...line.warnings, ...warnings.map((text) => `kube-apiserver ${text}`)],
  };
}

const inFlight = (name: 'maxReadOnlyInFlight' | 'maxMutatingInFlight', flag: string, fallback: number) =>
  obeyed<ServerSettings, 'int'>('int', String(fallback), (most) => {
    if (most < 0) throw new FlagError(`--${flag} can not be negative value`);
    return { [name]: most === 0 ? Infinity : most };
  });

const tolerationSeconds = (name: 'notReadyTolerationSeconds' | 'unreachableTolerationSeconds') =>
  obeyed<ServerSettings, 'int'>('int', '300', (seconds) => ({ [name]: seconds }));

const workFlags: FlagTable<ServerSettings> = {
  'max-requests-inflight': inFlight('maxReadOnlyInFlight', 'max-requests-inflight', 400),
  'max-mutating-requests-inflight': inFlight('maxMutatingInFlight', 'max-mutating-requests-inflight', 200),
  'request-timeout': obeyed('duration', '1m0s', (ms) => {
    if (ms < 0) throw new FlagError('--request-timeout can not be negative value');
    if (ms === 0) throw new FlagError('every request would be too late');
    return { requestTimeoutMs: ms };
  }),
  'min-request-timeout': obeyed('int', '1800', (seconds) => {
    if (seconds < 0) throw new FlagError('--min-request-timeout can not be negative value');
    return { minWatchSeconds: seconds };
  }),
  'etcd-compaction-interval': obeyed('duration', '5m0s', (ms) => {
    if (ms < 0) throw new FlagError('must not be negative');
    return { compactionIntervalMs: ms };
  }),
  'event-ttl': obeyed('duration', '1h0m0s', (ms) => {
    if (ms < 1000) throw new FlagError('must be at least 1s');
    return { eventTtlSeconds: Math.floor(ms / 1000) };
  }),
  'default-not-ready-toleration-seconds': tolerationSeconds('notReadyTolerationSeconds'),
  'default-unreachable-toleration-seconds': tolerationSeconds('unreachableTolerationSeconds'),
  'enable-admission-plugins': obeyed(
    'strings',
    undefined,
    (names) => ({ enablePlugins: names }),
    'NodeRestriction is on without being named',
  ),
  'disable-admission-plugins': obeyed('strings', undefined, (names) => ({ disablePlugins: names })),
  'runtime-config': obeyed('strings', undefined, (pairs) => ({ runtimeConfig: runtimeConfigOf(pairs) })),
};

const serviceFlags: FlagTable<ServerSettings> = {
  'service-cluster-ip-range': obeyed('string', '10.96.0.0/16', (text) => {
    const problem = serviceRangeProblem(text);
    if (problem !== undefined) throw new FlagError(problem);
    return { serviceSubnet: text };
  }),
  'service-node-port-range': obeyed('string', '30000-32767', (text) => ({ nodePorts: portRangeOf(text) })),
};

const identityFlags: FlagTable<ServerSettings> = {
  'authorization-mode': obeyed(
    'strings',
    'Node,RBAC',
    (modes) => ({ authorizationModes: knownModes(modes) }),
    'AlwaysAllow, Node and RBAC',
  ),
  'anonymous-auth': obeyed(
    'bool',
    'health and version only',
    (on) => ({ anonymous: on }),
    'without the flag, as kubeadm configures it since 1.33',
  ),
  'service-account-issuer': obeyed(
    'strings',
    'https://kubernetes.default.svc.cluster.local',
    ([issuer, ...more]) => {
      if (!issuer) throw new FlagError('service-account-issuer should not be an empty string');
      if (more.length > 0) throw new FlagError('tokens have one issuer here');
      return { issuer };
    },
    'one issuer',
  ),
  'api-audiences': obeyed('strings', 'the issuer', (apiAudiences) => ({ apiAudiences })),
  'service-account-max-token-expiration': obeyed('duration', '0s', (ms): Partial<ServerSettings> => {
    if (ms === 0) return {};
    if (ms < 3_600_000 || ms > 2 ** 32 * 1000)
      throw new FlagError('the service-account-max-token-expiration must be between 1 hour and 2^32 seconds');
    return { maxTokenSeconds: ms / 1000 };
  }),
  'service-account-jwks-uri': obeyed('string', undefined, (jwksUri) => {
    if (!jwksUri.startsWith('https:')) throw new FlagError(`service-account-jwks-uri requires https scheme, parsed as: ${jwksUri}`);
    return { jwksUri };
  }),
  'token-auth-file': obeyed('string', undefined, (tokenFile) => ({ tokenFile })),
  'enable-bootstrap-token-auth': fixed('bool', 'true', 'bootstrap tokens are good wherever they exist'),
  'service-account-lookup': fixed('bool', 'true', 'a token is good only as long as what it was made for exists'),
  'service-account-extend-token-expiration': obeyed('bool', 'true', (on) => ({ extendExpiration: on })),
  ...refused("the cluster's own keys sign and check tokens", {
    'service-account-key-file': 'string',
    'service-account-signing-key-file': 'string',
    'service-account-signing-endpoint': 'string',
  }),
  ...refused('identities come from certificates, tokens of service accounts, bootstrap tokens and --token-auth-file', {
    'authentication-config': 'string',
    'authentication-token-webhook-cache-ttl': 'duration',
    'authentication-token-webhook-config-file': 'string',
    'authentication-token-webhook-version': 'string',
    'oidc-ca-file': 'string',
    'oidc-client-id': 'string',
    'oidc-groups-claim': 'string',
    'oidc-groups-prefix': 'string',
    'oidc-issuer-url': 'string',
    'oidc-required-claim': 'strings',
    'oidc-signing-algs': 'strings',
    'oidc-username-claim': 'string',
    'oidc-username-prefix': 'string',
    'requestheader-allowed-names': 'strings',
    'requestheader-client-ca-file': 'string',
    'requestheader-extra-headers-prefix': 'strings',
    'requestheader-group-headers': 'strings',
    'requestheader-uid-headers': 'strings',
    'requestheader-username-headers': 'strings',
  }),
  ...refused('nobody outside is asked for authorization', {
    'authorization-config': 'string',
    'authorization-policy-file': 'string',
    'authorization-webhook-cache-authorized-ttl': 'duration',
    'authorization-webhook-cache-unauthorized-ttl': 'duration',
    'authorization-webhook-config-file': 'string',
    'authorization-webhook-version': 'string',
  }),
};

/** Those about its port, its certificate and its peers. */
const reachFlags: FlagTable<object> = {
  ...accepted(
    "it listens on loopback, with a certificate of the cluster's own CA; networking.apiServerAddress and apiServerPort say where",
    {
      'advertise-address': 'string',
      'bind-address': 'string',
      'secure-port': 'int',
      'external-hostname': 'string',
      'permit-port-sharing': 'bool',
      'permit-address-sharing': 'bool',
      'cert-dir': 'string',
    },
  ),
  ...refused("it listens on loopback, with a certificate of the cluster's own CA", {
    'client-ca-file': 'string',
    'tls-cert-file': 'string',
    'tls-private-key-file': 'string',
    'tls-cipher-suites': 'strings',
    'tls-curve-preferences': 'strings',
    'tls-min-version': 'string',
    'tls-sni-cert-key': 'string',
    'cors-allowed-origins': 'strings',
    'strict-transport-security-directives': 'strings',
    'disable-http2-serving': 'bool',
    'egress-selector-config-file': 'string',
    'kubernetes-service-node-port': 'int',
  }),
  ...accepted('streams and connections have limits of their own, and connections last', {
    'http2-max-streams-per-connection': 'int',
    'max-connection-bytes-per-sec': 'int',
    'goaway-chance': 'float',
  }),
  ...accepted('it is the only API server, and ends at once', {
    'apiserver-count': 'int',
    'endpoint-reconciler-type': 'string',
    'peer-advertise-ip': 'string',
    'peer-advertise-port': 'string',
    'peer-ca-file': 'string',
    'coordinated-leadership-lease-duration': 'duration',
    'coordinated-leadership-renew-deadline': 'duration',
    'coordinated-leadership-retry-period': 'duration',
    'shutdown-delay-duration': 'duration',
    'shutdown-send-retry-after': 'bool',
    'shutdown-watch-termination-grace-period': 'duration',
    'livez-grace-period': 'duration',
    'storage-initialization-timeout': 'duration',
  }),
  ...accepted('it reaches kubelets within the process', {
    'kubelet-certificate-authority': 'string',
    'kubelet-client-certificate': 'string',
    'kubelet-client-key': 'string',
    'kubelet-port': 'int',
    'kubelet-preferred-address-types': 'strings',
    'kubelet-read-only-port': 'int',
    'kubelet-timeout': 'duration',
  }),
  ...refused('no other API servers are aggregated', {
    'enable-aggregator-routing': 'bool',
    'aggregator-reject-forwarding-redirect': 'bool',
    'proxy-client-cert-file': 'string',
    'proxy-client-key-file': 'string',
  }),
};

const storageFlags: FlagTable<object> = {
  ...refused('its store is its own, in the folder of the cluster', {
    'etcd-cafile': 'string',
    'etcd-certfile': 'string',
    'etcd-keyfile': 'string',
    'etcd-prefix': 'string',
    'etcd-servers': 'strings',
    'etcd-servers-overrides': 'strings',
    'storage-backend': 'string',
  }),
  ...refused('what is stored is not encrypted', {
    'encryption-provider-config': 'string',
    'encryption-provider-config-automatic-reload': 'bool',
  }),
  ...accepted('its store is its own: nothing between them is polled, timed or cached', {
    'etcd-count-metric-poll-period': 'duration',
    'etcd-db-metric-poll-interval': 'duration',
    'etcd-healthcheck-timeout': 'duration',
    'etcd-readycheck-timeout': 'duration',
    'lease-reuse-duration-seconds': 'int',
    'delete-collection-workers': 'int',
    'watch-cache': 'bool',
    'watch-cache-sizes': 'strings',
    'default-watch-cache-size': 'int',
    'storage-media-type': 'string',
  }),
};

const auditBackend = (name: 'log' | 'webhook') =>
  ({
    [`audit-${name}-batch-buffer-size`]: 'int',
    [`audit-${name}-batch-max-size`]: 'int',
    [`audit-${name}-batch-max-wait`]: 'duration',
    [`audit-${name}-batch-throttle-burst`]: 'int',
    [`audit-${name}-batch-throttle-enable`]: 'bool',
    [`audit-${name}-batch-throttle-qps`]: 'float',
    [`audit-${name}-mode`]: 'string',
    [`audit-${name}-truncate-enabled`]: 'bool',
    [`audit-${name}-truncate-max-batch-size`]: 'int',
    [`audit-${name}-truncate-max-event-size`]: 'int',
    [`audit-${name}-version`]: 'string',
  }) as const;

const auditFlags: FlagTable<object> = refused('no audit log is written', {
  'audit-policy-file': 'string',
  'audit-log-compress': 'bool',
  'audit-log-format': 'string',
  'audit-log-maxage': 'int',
  'audit-log-maxbackup': 'int',
  'audit-log-maxsize': 'int',
  'audit-log-path': 'string',
  'audit-webhook-batch-initial-backoff': 'duration',
  'audit-webhook-config-file': 'string',
  'audit-webhook-initial-backoff': 'duration',
  ...auditBackend('log'),
  ...auditBackend('webhook'),
});

/** Every flag of kube-apiserver 1.36. Source: cmd/kube-apiserver/app/options and what it is made of. */
export const serverFlags: FlagTable<ServerSettings> = {
  ...commonFlags,
  ...workFlags,
  ...serviceFlags,
  ...identityFlags,
  ...reachFlags,
  ...storageFlags,
  ...auditFlags,
  'allow-privileged': fixed('bool', 'true', 'pods may be privileged where admission lets them'),
  'enable-garbage-collector': fixed('bool', 'true', 'owners are always honoured'),
  ...accepted('requests are limited in number, not shared out', { 'enable-priority-and-fairness': 'bool' }),
  ...accepted('there is no profiler and there are no traces to ask', {
    'debug-socket-path': 'string',
    'tracing-config-file': 'string',
    'enable-logs-handler': 'bool',
  }),
  ...refused('--enable-admission-plugins and --disable-admission-plugins choose, and plugins have no files', {
    'admission-control': 'strings',
    'admission-control-config-file': 'string',
  }),
  ...refused('no version but this one can be emulated', {
    'emulation-forward-compatible': 'bool',
    'runtime-config-emulation-forward-compatible': 'bool',
  }),
};

function knownModes(modes: readonly string[]): readonly string[] {
  const bad = modes.find((mode) => !['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node'].includes(mode));
  if (bad !== undefined) throw new FlagError(`authorization-mode ${JSON.stringify(bad)} is not a valid mode`);
  if (modes.length === 0) throw new FlagError('at least one authorization-mode must be passed');
  if (new Set(modes).size < modes.length)
    throw new FlagError(`authorization-mode [${modes.map((mode) => JSON.stringify(mode)).join(' ')}] has mode specified more than once`);
  const absent = modes.find((mode) => !['AlwaysAllow', 'RBAC', 'Node'].includes(mode));
  if (absent !== undefined) throw new FlagError(`${absent} is not there; AlwaysAllow, Node and RBAC are`);
  return modes;
}

function runtimeConfigOf(pairs: readonly string[]): Readonly<Record<string, string>> {
  const config = parseRuntimeConfig(pairs.join(','));
  try {
    void new KindRegistry(allKinds, config);
  } catch (error) {
    throw error instanceof RuntimeConfigError ? new FlagError(error.message) : error;
  }
  return Object.fromEntries(config);
}

/** Source: cmd/kube-apiserver's validateClusterIPFlags. */
function serviceRangeProblem(text: string): string | undefined {
  const parts = text.split(',');
  const cidrs = parts.map((part) => parseCidr(part));
  const bad = parts.find((_, index) => !cidrs[index]);
  if (bad !== undefined) return `invalid CIDR address: ${bad}`;
  if (parts.length > 2) return '--service-cluster-ip-range must not contain more than two entries';
  if (cidrs.some((cidr) => cidr!.address.length * 8 - cidr!.prefixLength < 3))
    return 'the service cluster IP range must be at least 8 IP addresses';
  if (parts.length === 2 && cidrs[0]!.address.length === cidrs[1]!.address.length)
    return '--service-cluster-ip-range[0] and --service-cluster-ip-range[1] must be of different IP family';
  return undefined;
}

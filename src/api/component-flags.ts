/** Flags that Kubernetes' components have in common, none of which has anything to do where all of them are one process. */
import { accepted, fixed, refused, type FlagTable } from '../codec/component-flags.ts';

/** Source: component-base's metrics, logs and compatibility options. */
export const commonFlags: FlagTable<object> = {
  ...accepted("all components write one log; 'slipway logs' shows it", {
    v: 'int',
    vmodule: 'string',
    'logging-format': 'string',
    'log-flush-frequency': 'duration',
    'log-text-split-stream': 'bool',
    'log-text-info-buffer-size': 'string',
    'log-json-split-stream': 'bool',
    'log-json-info-buffer-size': 'string',
  }),
  ...accepted('no metric is hidden or can be turned off', {
    'show-hidden-metrics-for-version': 'string',
    'disabled-metrics': 'strings',
    'allow-metric-labels': 'string',
    'allow-metric-labels-manifest': 'string',
  }),
  ...accepted('nothing is behind a gate: what is there behaves as with upstream’s defaults', { 'feature-gates': 'strings' }),
  ...refused('no version but this one can be emulated', { 'emulated-version': 'strings', 'min-compatibility-version': 'strings' }),
  ...refused('it would print something and end', { help: 'bool', version: 'string' }),
  ...accepted('there is no profiler to ask', { profiling: 'bool', 'contention-profiling': 'bool' }),
};

/** Of components that serve health and metrics on a port of their own. Source: apiserver's serving and delegating options. */
export const ownPortFlags: FlagTable<object> = accepted('it has no port of its own: it runs in the process of the API server', {
  'bind-address': 'string',
  'secure-port': 'int',
  'disable-http2-serving': 'bool',
  'http2-max-streams-per-connection': 'int',
  'permit-port-sharing': 'bool',
  'permit-address-sharing': 'bool',
  'cert-dir': 'string',
  'tls-cert-file': 'string',
  'tls-private-key-file': 'string',
  'tls-cipher-suites': 'strings',
  'tls-curve-preferences': 'strings',
  'tls-min-version': 'string',
  'tls-sni-cert-key': 'string',
  'client-ca-file': 'string',
  'authentication-kubeconfig': 'string',
  'authentication-skip-lookup': 'bool',
  'authentication-token-webhook-cache-ttl': 'duration',
  'authentication-tolerate-lookup-failure': 'bool',
  'authorization-kubeconfig': 'string',
  'authorization-always-allow-paths': 'strings',
  'authorization-webhook-cache-authorized-ttl': 'duration',
  'authorization-webhook-cache-unauthorized-ttl': 'duration',
  'requestheader-allowed-names': 'strings',
  'requestheader-client-ca-file': 'string',
  'requestheader-extra-headers-prefix': 'strings',
  'requestheader-group-headers': 'strings',
  'requestheader-uid-headers': 'strings',
  'requestheader-username-headers': 'strings',
});

/** Source: component-base's leader election options. */
export const leaderElectionFlags: FlagTable<object> = {
  ...accepted('there is one instance, and nobody to elect it against', {
    'leader-elect': 'bool',
    'leader-elect-lease-duration': 'duration',
    'leader-elect-renew-deadline': 'duration',
    'leader-elect-retry-period': 'duration',
    'leader-elect-resource-name': 'string',
    'leader-elect-resource-namespace': 'string',
  }),
  'leader-elect-resource-lock': fixed('string', 'leases', 'resourceLock value must be "leases"'),
};

/** How it reaches the API server. */
export const clientFlags: FlagTable<object> = accepted('it calls the API server within the process, unthrottled', {
  kubeconfig: 'string',
  master: 'string',
  'kube-api-content-type': 'string',
  'kube-api-qps': 'float',
  'kube-api-burst': 'int32',
});

import { CommandLineError, wordsOf, type ExtraArgs, type ReadLine } from '../codec/component-flags.ts';
import { parseTokenFile } from '../apiserver/authn/static-tokens.ts';
import { readServerLine, type ServerSettings } from '../apiserver/command-line.ts';
import type { ApiServerLimits, ApiServerOptions, IdentitySettings } from '../apiserver/server.ts';
import { readManagerLine, type ManagerSettings } from '../controllers/command-line.ts';
import type { ControllerFlags } from '../controllers/flags.ts';
import { readSchedulerLine } from '../scheduler/command-line.ts';
import type { KubeSchedulerConfiguration } from '../scheduler/config.ts';

/** Flags of the control plane's components, as kubeadm's `extraArgs` have them. */
export interface ComponentArgs {
  /** kube-apiserver's. */
  readonly apiServer?: ExtraArgs;
  /** kube-controller-manager's. */
  readonly controllerManager?: ExtraArgs;
  /** kube-scheduler's. */
  readonly scheduler?: ExtraArgs;
}

/** What the flags set; what they do not set is absent. */
export interface ComponentSettings {
  readonly server: Pick<ApiServerOptions, 'admission' | 'tolerationSeconds' | 'eventTtlSeconds' | 'identity' | 'nodePorts' | 'limits'>;
  readonly serviceSubnet?: string;
  readonly runtimeConfig: Readonly<Record<string, string>>;
  readonly flags: Partial<ControllerFlags>;
  readonly controllers?: readonly string[];
  readonly scheduler?: KubeSchedulerConfiguration;
  /** A sentence for each flag that has no effect. */
  readonly warnings: readonly string[];
}

/** The whole text of a file that a flag names. Throws where there is none. */
export type ReadFile = (path: string) => string;

/** Reads all command lines. Throws CommandLineError for those that cannot be obeyed, with all that is wrong. */
export function settingsOf(args: ComponentArgs, readFile: ReadFile): ComponentSettings {
  const server = attempt(() => readServerLine(wordsOf(args.apiServer ?? {})));
  const manager = attempt(() => readManagerLine(wordsOf(args.controllerManager ?? {})));
  const scheduler = attempt(() => readSchedulerLine(wordsOf(args.scheduler ?? {}), readFile));
  if ('failed' in server || 'failed' in manager || 'failed' in scheduler) {
    const failures = [server, manager, scheduler].flatMap((one) => ('failed' in one ? [one.failed] : []));
    throw new ComponentArgsError(failures);
  }
  return {
    ...serverSettings(server.done, readFile),
    ...managerSettings(manager.done, readFile),
    ...(scheduler.done.config && { scheduler: scheduler.done.config }),
    warnings: [...server.done.warnings, ...manager.done.warnings, ...scheduler.done.warnings],
  };
}

/** Flags that cannot be obeyed: a line for each problem. */
export class ComponentArgsError extends Error {
  override name = 'ComponentArgsError';

  constructor(failures: readonly Error[]) {
    super(failures.map(({ message }) => message).join('\n'), { cause: failures[0] });
  }
}

function attempt<T>(read: () => T): { readonly done: T } | { readonly failed: CommandLineError } {
  try {
    return { done: read() };
  } catch (error) {
    if (error instanceof CommandLineError) return { failed: error };
    throw error;
  }
}

function serverSettings({ settings }: ReadLine<ServerSettings>, readFile: ReadFile) {
  const { serviceSubnet, runtimeConfig = {}, nodePorts, eventTtlSeconds } = settings;
  const { enablePlugins: enable, disablePlugins: disable, notReadyTolerationSeconds, unreachableTolerationSeconds } = settings;
  const server: ComponentSettings['server'] = {
    limits: limitsOf(settings),
    identity: identityOf(settings, readFile),
    admission: { ...(enable && { enable }), ...(disable && { disable }) },
    tolerationSeconds: {
      ...(notReadyTolerationSeconds !== undefined && { notReady: notReadyTolerationSeconds }),
      ...(unreachableTolerationSeconds !== undefined && { unreachable: unreachableTolerationSeconds }),
    },
    ...(nodePorts && { nodePorts }),
    ...(eventTtlSeconds !== undefined && { eventTtlSeconds }),
  };
  return { server, runtimeConfig, ...(serviceSubnet !== undefined && { serviceSubnet }) };
}

function limitsOf({ maxReadOnlyInFlight, maxMutatingInFlight, ...settings }: Partial<ServerSettings>): Partial<ApiServerLimits> {
  const { requestTimeoutMs, minWatchSeconds, compactionIntervalMs } = settings;
  return {
    ...(maxReadOnlyInFlight !== undefined && { maxReadOnlyInFlight }),
    ...(maxMutatingInFlight !== undefined && { maxMutatingInFlight }),
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    ...(minWatchSeconds !== undefined && { minWatchSeconds }),
    ...(compactionIntervalMs !== undefined && { compactionIntervalMs }),
  };
}

function identityOf(settings: Partial<ServerSettings>, readFile: ReadFile): IdentitySettings {
  const { issuer, apiAudiences, maxTokenSeconds, extendExpiration, jwksUri, authorizationModes, anonymous, tokenFile } = settings;
  return {
    ...(issuer !== undefined && { issuer }),
    ...(apiAudiences && { apiAudiences }),
    ...(maxTokenSeconds !== undefined && { maxTokenSeconds }),
    ...(extendExpiration !== undefined && { extendExpiration }),
    ...(jwksUri !== undefined && { jwksUri }),
    ...(authorizationModes && { authorizationModes }),
    ...(anonymous !== undefined && { anonymous: anonymous ? 'all' : new Set<string>() }),
    ...(tokenFile !== undefined && {
      tokens: parseTokenFile(tokenFile, fileOf('kube-apiserver', 'token-auth-file', tokenFile, readFile)),
    }),
  };
}

function managerSettings({ settings }: ReadLine<ManagerSettings>, readFile: ReadFile) {
  const { rootCaFile, clusterSigningCertFile, clusterSigningKeyFile, controllers, allocateNodeCidrs, enableGarbageCollector, ...plain } =
    settings;
  const text = (flag: string, path: string) => fileOf('kube-controller-manager', flag, path, readFile);
  const flags: Partial<ControllerFlags> = {
    ...plain,
    ...(allocateNodeCidrs === false && { clusterCidr: '' }),
    ...(isForeign(rootCaFile) && { rootCaPem: text('root-ca-file', rootCaFile) }),
    ...signingOf(clusterSigningCertFile, clusterSigningKeyFile, text),
  };
  const chosen = enableGarbageCollector === false ? [...(controllers ?? ['*']), '-garbage-collector-controller'] : controllers;
  return { flags, ...(chosen && { controllers: chosen }) };
}

function signingOf(
  cert: string | undefined,
  key: string | undefined,
  text: (flag: string, path: string) => string,
): Partial<ControllerFlags> {
  if (!isForeign(cert) && !isForeign(key)) return {};
  if (!isForeign(cert)) throw new CommandLineError('kube-controller-manager', ['"cluster-signing": cannot specify key without cert']);
  if (!isForeign(key)) throw new CommandLineError('kube-controller-manager', ['"cluster-signing": cannot specify cert without key']);
  return {
    clusterSigning: {
      certificatePem: text('cluster-signing-cert-file', cert),
      privateKeyPem: text('cluster-signing-key-file', key),
    },
  };
}

/** Where kubeadm keeps the cluster's own CA: that is the one which is used in any case. */
const ownFiles: ReadonlySet<string> = new Set(['/etc/kubernetes/pki/ca.crt', '/etc/kubernetes/pki/ca.key']);
const isForeign = (path: string | undefined): path is string => path !== undefined && !ownFiles.has(path);

function fileOf(component: string, flag: string, path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    throw new CommandLineError(component, [`--${flag}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

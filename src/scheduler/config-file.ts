import { GoDurationError, parseGoDuration } from '../codec/go-duration.ts';
import { parseYaml } from '../codec/yaml.ts';
import { fieldErrorText, invalid, type FieldError } from '../api/field-error.ts';
import { problemsOf, type KubeSchedulerConfiguration, type KubeSchedulerProfile } from './config.ts';
import { ShapeError, unknownFields } from './config-shape.ts';
import { argTypes, configApiVersion, configurationType } from './config-types.ts';
import { pluginsOf } from './plugin-choice.ts';
import { defaultPlugins } from './plugins/all.ts';

/** A `--config` with which kube-scheduler does not start, in upstream's words. */
export class SchedulerConfigError extends Error {
  override name = 'SchedulerConfigError';
}

export interface ReadSchedulerConfig {
  readonly config: KubeSchedulerConfiguration;
  /** A sentence for each field that is set and has no effect. */
  readonly warnings: readonly string[];
}

/** Reads a KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1, YAML or JSON. Throws SchedulerConfigError. */
export function readSchedulerConfig(source: string): ReadSchedulerConfig {
  const file = decode(source);
  const config = withoutArgTypes(file);
  const problems = [...fileProblems(file).map(fieldErrorText), ...problemsOf(config)];
  if (problems.length > 0) throw new SchedulerConfigError(asAggregate(problems));
  for (const profile of config.profiles ?? [{}]) refuseAbsentPlugins(profile);
  return { config, warnings: warningsOf(file) };
}

/** The whole file, of which the scheduler reads less. */
interface ConfigFile extends KubeSchedulerConfiguration {
  readonly leaderElection?: {
    readonly leaderElect?: boolean;
    readonly leaseDuration?: string;
    readonly renewDeadline?: string;
    readonly retryPeriod?: string;
    readonly resourceLock?: string;
  };
  readonly clientConnection?: { readonly burst?: number };
  readonly enableProfiling?: boolean;
  readonly enableContentionProfiling?: boolean;
  readonly extenders?: readonly unknown[];
  readonly delayCacheUntilActive?: boolean;
}

function decode(source: string): ConfigFile {
  const value = parsed(source);
  const { kind, apiVersion } = value;
  if (typeof kind !== 'string' || kind === '') throw new SchedulerConfigError(`Object 'Kind' is missing in '${source}'`);
  if (apiVersion !== configApiVersion || kind !== configurationType.name)
    throw new SchedulerConfigError(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"`,
    );
  strictly(() => unknownFields(value, configurationType));
  const file = value as ConfigFile;
  file.profiles?.forEach((profile, p) =>
    profile.pluginConfig?.forEach(({ name, args }, c) => decodeArgs(name, args, `.profiles[${p}].pluginConfig[${c}]`)),
  );
  return file;
}

function parsed(source: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = parseYaml(source);
  } catch (error) {
    throw new SchedulerConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SchedulerConfigError(`couldn't get version/kind; json parse error: the file is not an object`);
  return value as Readonly<Record<string, unknown>>;
}

function decodeArgs(plugin: string, args: unknown, at: string): void {
  const type = Object.hasOwn(argTypes, plugin) ? argTypes[plugin] : undefined;
  if (!type || args === undefined || args === null) return;
  const { kind = type.name, apiVersion = configApiVersion } = args as { readonly kind?: string; readonly apiVersion?: string };
  if (kind !== type.name || apiVersion !== configApiVersion)
    throw new SchedulerConfigError(
      `decoding ${at}: args for plugin ${plugin} were not of type ${type.name}.kubescheduler.config.k8s.io, got ${kind}.${apiVersion.replace(/\/.*/, '')}`,
    );
  strictly(() => unknownFields(args, type), `decoding ${at}: strict decoding error: decoding args for plugin ${plugin}: `);
}

function strictly(unknown: () => readonly string[], context = ''): void {
  try {
    const fields = unknown();
    if (fields.length === 0) return;
    const listed = fields.map((field) => `unknown field ${JSON.stringify(field)}`).join(', ');
    throw new SchedulerConfigError(`strict decoding error: ${context}${context === '' ? '' : 'strict decoding error: '}${listed}`);
  } catch (error) {
    if (error instanceof ShapeError)
      throw new SchedulerConfigError(context.replace('strict decoding error: ', '') + error.message, { cause: error });
    throw error;
  }
}

/** Plugins are given their arguments alone. */
function withoutArgTypes(file: ConfigFile): KubeSchedulerConfiguration {
  const { parallelism, percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds, profiles } = file;
  return {
    ...(typeof parallelism === 'number' && { parallelism }),
    ...(typeof percentageOfNodesToScore === 'number' && { percentageOfNodesToScore }),
    ...(typeof podInitialBackoffSeconds === 'number' && { podInitialBackoffSeconds }),
    ...(typeof podMaxBackoffSeconds === 'number' && { podMaxBackoffSeconds }),
    ...(profiles && profiles.length > 0 && { profiles: profiles.map(profileOf) }),
  };
}

function profileOf({ pluginConfig, ...profile }: KubeSchedulerProfile): KubeSchedulerProfile {
  if (!pluginConfig) return profile;
  return {
    ...profile,
    pluginConfig: pluginConfig.map(({ name, args }) => {
      const { apiVersion: _, kind: __, ...own } = args ?? {};
      return { name, args: own };
    }),
  };
}

/** Of what the scheduler does not read. Source: component-base's config validation. */
function fileProblems({ leaderElection = {}, clientConnection = {}, extenders = [] }: ConfigFile): FieldError[] {
  const { leaderElect = true, leaseDuration = '15s', renewDeadline = '10s', retryPeriod = '2s', resourceLock = 'leases' } = leaderElection;
  const { burst = 100 } = clientConnection;
  const problems = burst < 0 ? [invalid('clientConnection.burst', burst, 'must be non-negative')] : [];
  if (extenders.length > 0) problems.push(invalid('extenders', extenders.length, 'extenders are not called here: plugins alone choose'));
  if (!leaderElect) return problems;
  const times = Object.entries({ leaseDuration, renewDeadline, retryPeriod }).map(
    ([name, text]) => [name, text, millisecondsOf(text)] as const,
  );
  for (const [name, text, ms] of times) if (ms <= 0) problems.push(invalid(`leaderElection.${name}`, text, 'must be greater than zero'));
  if (times[0]![2] <= times[1]![2])
    problems.push(invalid('leaderElection.leaseDuration', renewDeadline, 'must be greater than `RenewDeadline`'));
  if (resourceLock !== 'leases') problems.push(invalid('leaderElection.resourceLock', resourceLock, 'resourceLock value must be "leases"'));
  return problems;
}

function millisecondsOf(text: string): number {
  try {
    return parseGoDuration(text);
  } catch (error) {
    throw error instanceof GoDurationError ? new SchedulerConfigError(error.message, { cause: error }) : error;
  }
}

function refuseAbsentPlugins(profile: KubeSchedulerProfile): void {
  try {
    pluginsOf(profile, defaultPlugins);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const name = profile.schedulerName ?? 'default-scheduler';
    throw new SchedulerConfigError(`initializing profiles: creating profile for scheduler name ${name}: ${error.message}`, {
      cause: error,
    });
  }
}

const idle: Readonly<Record<string, string>> = {
  parallelism: 'one pod is scheduled after the other, each in one go',
  leaderElection: 'there is one instance, and nobody to elect it against',
  clientConnection: 'it calls the API server within the process, unthrottled',
  enableProfiling: 'there is no profiler to ask',
  enableContentionProfiling: 'there is no profiler to ask',
  delayCacheUntilActive: 'there is one instance, and it is active',
};

const warningsOf = (file: ConfigFile): string[] =>
  Object.entries(idle)
    .filter(([name]) => Object.hasOwn(file, name))
    .map(([name, why]) => `kube-scheduler --config: ${name} has no effect: ${why}`);

/** As apimachinery prints several errors. */
const asAggregate = (problems: readonly string[]): string => (problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);

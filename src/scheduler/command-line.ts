import { accepted, CommandLineError, fixed, obeyed, readComponentLine, refused, type FlagTable } from '../codec/component-flags.ts';
import { clientFlags, commonFlags, leaderElectionFlags, ownPortFlags } from '../api/component-flags.ts';
import type { KubeSchedulerConfiguration } from './config.ts';
import { readSchedulerConfig, SchedulerConfigError } from './config-file.ts';

interface SchedulerSettings {
  /** `--config`. */
  readonly configFile: string;
}

/** Every flag of kube-scheduler 1.36. Source: cmd/kube-scheduler/app/options. */
export const schedulerFlags: FlagTable<SchedulerSettings> = {
  ...commonFlags,
  ...ownPortFlags,
  ...leaderElectionFlags,
  ...clientFlags,
  config: obeyed(
    'string',
    undefined,
    (path): Partial<SchedulerSettings> => (path === '' ? {} : { configFile: path }),
    'KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1',
  ),
  'pod-max-in-unschedulable-pods-duration': fixed('duration', '5m0s', 'pods wait five minutes at most before they are tried again unasked'),
  ...refused('it would print something and end', { 'write-config-to': 'string' }),
  ...accepted('there is no profiler to ask', { profiling: 'bool', 'contention-profiling': 'bool' }),
};

export interface SchedulerLine {
  /** Absent without a `--config`. */
  readonly config?: KubeSchedulerConfiguration;
  readonly warnings: readonly string[];
}

/** `readFile` answers a file's text. Throws CommandLineError, also for a configuration that is invalid. */
export function readSchedulerLine(words: readonly string[], readFile: (path: string) => string): SchedulerLine {
  const { settings, warnings } = readComponentLine('kube-scheduler', schedulerFlags, words);
  if (settings.configFile === undefined) return { warnings };
  const { config, warnings: more } = configOf(settings.configFile, readFile);
  return { config, warnings: [...warnings, ...more] };
}

function configOf(path: string, readFile: (path: string) => string) {
  const failed = (error: unknown) =>
    new CommandLineError('kube-scheduler', [`--config ${path}: ${error instanceof Error ? error.message : String(error)}`]);
  let source: string;
  try {
    source = readFile(path);
  } catch (error) {
    throw failed(error);
  }
  try {
    return readSchedulerConfig(source);
  } catch (error) {
    throw error instanceof SchedulerConfigError ? failed(error) : error;
  }
}

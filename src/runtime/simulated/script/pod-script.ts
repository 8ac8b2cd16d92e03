import { CriError } from '../../cri.ts';
import { parseShell, ShellSyntaxError, type Command } from '../program/shell-syntax.ts';
import { duration, durationOrNever, exitCode, isWithin, runs, ScriptValueError, span, steps, type Span, type Step } from './values.ts';

/** The annotations that script simulated pods begin with this: `docs/simulated-pods.md`. */
export const scriptPrefix = 'simulated.slipway.dev/';

/** What a pod's annotations say of one of its containers; what they do not say is absent. */
export interface ContainerScript {
  /** Runs in place of the container's command. */
  readonly run?: Command;
  /** How the run ends, and how many runs end so: later ones go on as without it. */
  readonly exitCode?: number;
  readonly exitAfterMs?: number;
  readonly exitRuns: number;
  readonly oomAfterMs?: number;
  /** How long starting takes. */
  readonly startMs?: number;
  readonly startError?: string;
  /** Readiness and startup probes fail until then; Infinity for ever. */
  readonly readyAfterMs?: number;
  readonly failingProbes: readonly FailingProbe[];
  /** Commands that are run in the container, by probes and hooks too, fail in these times. */
  readonly failingExec: readonly Span[];
  readonly execExitCode?: number;
  /** Printed at the start, or again and again. */
  readonly log?: string;
  readonly logEveryMs?: number;
  /** From SIGTERM to the end; Infinity for a container that does not heed it. */
  readonly terminationMs?: number;
  readonly terminationExitCode?: number;
  /** In billionths of a core. */
  readonly cpu?: readonly Step[];
  /** In bytes. */
  readonly memory?: readonly Step[];
}

export interface FailingProbe extends Span {
  readonly probe: ProbeKind;
}

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** What a pod's annotations say of the pulls of its images. */
export interface PullScript {
  readonly pullMs?: number;
  readonly error?: string;
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Reader = (text: string, script: Draft<ContainerScript>) => void;

/** By key, what an annotation's value says. */
const readers: Readonly<Record<string, Reader>> = {
  run: (text, script) => (script.run = command(text)),
  'exit-code': (text, script) => (script.exitCode = exitCode(text)),
  'exit-after': (text, script) => (script.exitAfterMs = duration(text)),
  'exit-runs': (text, script) => (script.exitRuns = runs(text)),
  'oom-after': (text, script) => (script.oomAfterMs = duration(text)),
  'start-duration': (text, script) => (script.startMs = duration(text)),
  'start-error': (text, script) => (script.startError = words(text)),
  'ready-after': (text, script) => (script.readyAfterMs = durationOrNever(text)),
  'fail-probe': (text, script) => (script.failingProbes = text.split(',').map((part) => failingProbe(part.trim()))),
  'fail-exec': (text, script) => (script.failingExec = text.split(',').map((part) => span(part.trim()))),
  'exec-exit-code': (text, script) => (script.execExitCode = exitCode(text)),
  log: (text, script) => (script.log = text),
  'log-every': (text, script) => (script.logEveryMs = atLeast(duration(text), 10)),
  'termination-delay': (text, script) => (script.terminationMs = durationOrNever(text)),
  'termination-exit-code': (text, script) => (script.terminationExitCode = exitCode(text)),
  cpu: (text, script) => (script.cpu = steps(text, -9)),
  memory: (text, script) => (script.memory = steps(text, 0)),
};

const pullReaders: Readonly<Record<string, (text: string, script: Draft<PullScript>) => void>> = {
  'pull-duration': (text, script) => (script.pullMs = duration(text)),
  'pull-error': (text, script) => (script.error = words(text)),
};

type Annotations = Readonly<Record<string, string>>;

/**
 * The script of one container: `<prefix><key>` is for all of a pod's containers, `<prefix><key>.<container>`
 * for one and stronger. Throws CriError `InvalidArgument`, which names the annotation and what is wrong with it.
 */
export function containerScript(annotations: Annotations, container: string): ContainerScript {
  const script: Draft<ContainerScript> = { exitRuns: Infinity, failingProbes: [], failingExec: [] };
  const own: [annotation: string, reader: Reader, text: string][] = [];
  for (const [annotation, text] of scripted(annotations)) {
    const { key, of } = parts(annotation);
    if (of === undefined && Object.hasOwn(pullReaders, key)) continue;
    if (!Object.hasOwn(readers, key)) throw problem(annotation, text, `there is no such key; there are ${scriptKeys.join(', ')}`);
    if (of === undefined) read(annotation, text, () => readers[key]!(text, script));
    else if (of === container) own.push([annotation, readers[key]!, text]);
  }
  for (const [annotation, reader, text] of own) read(annotation, text, () => reader(text, script));
  return script;
}

/** Throws as `containerScript`. */
export function pullScript(annotations: Annotations): PullScript {
  const script: Draft<PullScript> = {};
  for (const [annotation, text] of scripted(annotations))
    read(annotation, text, () => pullReaders[annotation.slice(scriptPrefix.length)]?.(text, script));
  return script;
}

/** Does the script fail this probe at a time, counted from the container's start? */
export function failsProbe({ readyAfterMs = 0, failingProbes }: ContainerScript, probe: ProbeKind, atMs: number): boolean {
  if (probe !== 'liveness' && atMs < readyAfterMs) return true;
  return failingProbes.some((failing) => failing.probe === probe && isWithin(failing, atMs));
}

/** All keys that there are, by the alphabet. */
export const scriptKeys: readonly string[] = [...Object.keys(readers), ...Object.keys(pullReaders)].sort();

const scripted = (annotations: Annotations): [string, string][] =>
  Object.entries(annotations).filter(([annotation]) => annotation.startsWith(scriptPrefix));

/** Keys have no dot, containers' names neither. */
function parts(annotation: string): { key: string; of?: string } {
  const name = annotation.slice(scriptPrefix.length);
  const dot = name.indexOf('.');
  return dot < 0 ? { key: name } : { key: name.slice(0, dot), of: name.slice(dot + 1) };
}

function read(annotation: string, text: string, reading: () => void): void {
  try {
    reading();
  } catch (error) {
    if (error instanceof ScriptValueError) throw problem(annotation, text, error.message);
    throw error;
  }
}

const problem = (annotation: string, text: string, what: string): CriError =>
  new CriError('InvalidArgument', `annotation ${annotation}: invalid value ${JSON.stringify(text)}: ${what}`);

function failingProbe(text: string): FailingProbe {
  const [probe = '', when = 'always', ...rest] = text.split('@');
  if (rest.length > 0 || !isProbe(probe))
    throw new ScriptValueError(`${JSON.stringify(text)} must begin with startup, readiness or liveness, as in liveness@30s-1m`);
  return { probe, ...span(when) };
}

const isProbe = (text: string): text is ProbeKind => text === 'startup' || text === 'readiness' || text === 'liveness';

function words(text: string): string {
  if (text.trim() === '') throw new ScriptValueError('a message is needed');
  return text;
}

function atLeast(ms: number, least: number): number {
  if (ms < least) throw new ScriptValueError(`must be at least ${least}ms`);
  return ms;
}

function command(text: string): Command {
  try {
    return parseShell(text);
  } catch (error) {
    if (error instanceof ShellSyntaxError) throw new ScriptValueError(error.message);
    throw error;
  }
}

/** Command lines of Kubernetes' components: every flag that upstream's has, and what becomes of it here. */
import { parseGoDuration } from './go-duration.ts';
import { FlagError, parseFlags, type FlagSpecs, type FlagType, type ValueOf } from './flags.ts';

/** A flag of upstream's. `S` is what the component reads its settings from. */
export type ComponentFlag<S> = Obeyed<S> | NotObeyed;

interface Obeyed<S> {
  readonly treatment: 'obeyed';
  readonly type: FlagType;
  /** As upstream's help shows it; absent where that depends on the cluster. */
  readonly default?: string;
  /** What is obeyed of it, where that is not all. */
  readonly note?: string;
  /** What the value sets, given what earlier flags set. Throws FlagError for one that cannot be obeyed. */
  obey(value: never, soFar: Partial<S>): Partial<S>;
}

interface NotObeyed {
  /** `accepted`: it can have no effect here, and a warning says why. `refused`: nothing starts with it. */
  readonly treatment: 'accepted' | 'refused';
  readonly type: FlagType;
  /** Reads on from `has no effect:` or `cannot be obeyed:`. */
  readonly why: string;
}

/** By the flag's name, with dashes. */
export type FlagTable<S> = Readonly<Record<string, ComponentFlag<S>>>;

export const obeyed = <S, T extends FlagType>(
  type: T,
  fallback: string | undefined,
  obey: (value: ValueOf<T>, soFar: Partial<S>) => Partial<S>,
  note?: string,
): ComponentFlag<S> => ({
  treatment: 'obeyed',
  type,
  ...(fallback !== undefined && { default: fallback }),
  ...(note !== undefined && { note }),
  obey,
});

/** One that is as it says in any case, and refused when it says something else. */
export const fixed = (type: FlagType, value: string, why: string): ComponentFlag<object> => ({
  treatment: 'obeyed',
  type,
  default: value,
  note: `only ${value === '' ? 'empty' : `\`${value}\``}: ${why}`,
  obey(given: unknown) {
    const shown = Array.isArray(given) ? given.join(',') : String(given);
    const same = type === 'duration' ? given === parseGoDuration(value) : shown === value;
    if (!same) throw new FlagError(`cannot be obeyed, only ${JSON.stringify(value)}: ${why}`);
    return {};
  },
});

export const accepted = (why: string, flags: Readonly<Record<string, FlagType>>): FlagTable<object> => all('accepted', why, flags);
export const refused = (why: string, flags: Readonly<Record<string, FlagType>>): FlagTable<object> => all('refused', why, flags);

const all = (treatment: NotObeyed['treatment'], why: string, flags: Readonly<Record<string, FlagType>>): FlagTable<object> =>
  Object.fromEntries(Object.entries(flags).map(([name, type]) => [name, { treatment, type, why }]));

/** Flags as kubeadm's `extraArgs` have them: names without dashes; a list for one that is given more than once. */
export type ExtraArgs = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** The words that kubeadm would make of them. */
export const wordsOf = (args: ExtraArgs): string[] =>
  Object.entries(args)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one: unknown) => `--${name}=${String(one)}`));

export interface ReadLine<S> {
  /** What was set, and nothing else. */
  readonly settings: Partial<S>;
  /** A sentence for each flag that was given and has no effect. */
  readonly warnings: readonly string[];
  readonly given: ReadonlySet<string>;
}

/** A command line with which a component does not start. One sentence for each problem, one a line in the message. */
export class CommandLineError extends Error {
  override name = 'CommandLineError';
  readonly problems: readonly string[];

  constructor(component: string, problems: readonly string[]) {
    super(problems.map((problem) => `${component}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

/** Throws CommandLineError: pflag's sentence for the first word that it cannot read, or all values that cannot be obeyed. */
export function readComponentLine<S>(component: string, table: FlagTable<S>, words: readonly string[]): ReadLine<S> {
  const { flags, given, args } = parsed(component, table, words);
  const problems = args.length > 0 ? [`"${component}" does not take any arguments, got ${JSON.stringify(args)}`] : [];
  const warnings: string[] = [];
  let settings: Partial<S> = {};
  for (const name of given) {
    const flag = table[name]!;
    if (flag.treatment === 'obeyed') {
      try {
        settings = { ...settings, ...flag.obey(flags[name] as never, settings) };
      } catch (error) {
        if (!(error instanceof FlagError)) throw error;
        problems.push(`--${name}: ${error.message}`);
      }
    } else if (flag.treatment === 'accepted') warnings.push(`${component} --${name} has no effect: ${flag.why}`);
    else problems.push(`--${name} cannot be obeyed: ${flag.why}`);
  }
  if (problems.length > 0) throw new CommandLineError(component, problems);
  return { settings, warnings, given };
}

function parsed<S>(component: string, table: FlagTable<S>, words: readonly string[]) {
  const specs: FlagSpecs = Object.fromEntries(
    Object.entries(table).map(([name, { type }]) => [name, { type, usage: '', ...(name === 'v' && { shorthand: 'v' }) }]),
  );
  try {
    return parseFlags(specs, words.map(dashed));
  } catch (error) {
    if (error instanceof FlagError) throw new CommandLineError(component, [error.message]);
    throw error;
  }
}

/** Underscores in names are dashes (component-base's WordSepNormalizeFunc). */
const dashed = (word: string): string => word.replace(/^--[^=]*/, (name) => name.replaceAll('_', '-'));

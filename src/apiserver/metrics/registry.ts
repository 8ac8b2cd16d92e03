/** Prometheus metrics and their text format (version 0.0.4). Nothing here reads a clock: durations are handed in. */
export interface Metric {
  readonly name: string;
  /** The metric's lines, its `# HELP` and `# TYPE` included; '' while it has no value. */
  text(): string;
}

export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upstream's word for how long the name will stay: it stands in the help text. */
  readonly stability?: 'ALPHA' | 'BETA' | 'STABLE' | 'INTERNAL';
}

export type LabelledValue = readonly [labels: readonly string[], value: number];

export class MetricRegistry {
  readonly #metrics: Metric[] = [];

  add<M extends Metric>(metric: M): M {
    if (this.#metrics.some(({ name }) => name === metric.name)) throw new RangeError(`metric ${metric.name} is registered already`);
    this.#metrics.push(metric);
    return metric;
  }

  text(): string {
    return [...this.#metrics]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((metric) => metric.text())
      .join('');
  }
}

/** Label values are given in the order of the spec's labels. One look-up and one addition a call. */
export class Counter implements Metric {
  readonly name: string;
  protected readonly series: Series<{ value: number }>;

  constructor(spec: MetricSpec, type: 'counter' | 'gauge' = 'counter') {
    this.name = spec.name;
    this.series = new Series(spec, type, () => ({ value: 0 }));
  }

  add(amount: number, ...labels: readonly string[]): void {
    this.series.of(labels).value += amount;
  }

  text(): string {
    return this.series.text((labels, { value }) => sample(this.name, labels, value));
  }
}

export class Gauge extends Counter {
  constructor(spec: MetricSpec) {
    super(spec, 'gauge');
  }

  set(value: number, ...labels: readonly string[]): void {
    this.series.of(labels).value = value;
  }
}

/** Values that are asked for when somebody reads the metrics. */
export class Sampled implements Metric {
  readonly name: string;
  readonly #spec: MetricSpec;
  readonly #read: () => Iterable<LabelledValue>;
  readonly #type: 'counter' | 'gauge';

  constructor(spec: MetricSpec, read: () => Iterable<LabelledValue>, type: 'counter' | 'gauge' = 'gauge') {
    this.name = spec.name;
    this.#type = type;
    this.#spec = spec;
    this.#read = read;
  }

  text(): string {
    const series = new Series<{ value: number }>(this.#spec, this.#type, () => ({ value: 0 }));
    for (const [labels, value] of this.#read()) series.of(labels).value = value;
    return series.text((labels, { value }) => sample(this.name, labels, value));
  }
}

/** `buckets` are upper bounds, ascending; the one without bound is added. */
export class Histogram implements Metric {
  readonly name: string;
  readonly #bounds: readonly number[];
  readonly #series: Series<{ readonly counts: Float64Array; sum: number }>;

  constructor(spec: MetricSpec, buckets: readonly number[]) {
    this.name = spec.name;
    this.#bounds = buckets;
    this.#series = new Series(spec, 'histogram', () => ({ counts: new Float64Array(buckets.length + 1), sum: 0 }));
  }

  observe(value: number, ...labels: readonly string[]): void {
    const one = this.#series.of(labels);
    one.sum += value;
    let at = 0;
    while (at < this.#bounds.length && value > this.#bounds[at]!) at++;
    one.counts[at]!++;
  }

  text(): string {
    return this.#series.text((labels, { counts, sum }) => {
      let total = 0;
      const lines = [...counts].map((count, i) => {
        total += count;
        return sample(`${this.name}_bucket`, joined(labels, `le="${numberText(this.#bounds[i] ?? Infinity)}"`), total);
      });
      return `${lines.join('')}${sample(`${this.name}_sum`, labels, sum)}${sample(`${this.name}_count`, labels, total)}`;
    });
  }
}

/** Callers choose some labels (paths that are not there …): beyond this many combinations of one metric, new ones are not counted. */
const mostSeries = 10_000;

/** The values of one metric by their labels, in the order in which they came up. */
class Series<T> {
  readonly #spec: MetricSpec;
  readonly #type: string;
  readonly #make: () => T;
  readonly #values = new Map<string, { readonly labels: string; readonly value: T }>();

  constructor(spec: MetricSpec, type: string, make: () => T) {
    this.#spec = spec;
    this.#type = type;
    this.#make = make;
    if (!spec.labels) this.of([]);
  }

  of(values: readonly string[]): T {
    // Label values hold no NUL: they are names, verbs and numbers.
    const key = values.length === 1 ? values[0]! : values.join('\0');
    const known = this.#values.get(key);
    if (known) return known.value;
    const made = { labels: this.#labelText(values), value: this.#make() };
    if (this.#values.size < mostSeries) this.#values.set(key, made);
    return made.value;
  }

  text(line: (labels: string, value: T) => string): string {
    if (this.#values.size === 0) return '';
    const { name, help, stability = 'ALPHA' } = this.#spec;
    const heading = `# HELP ${name} [${stability}] ${escapeHelp(help)}\n# TYPE ${name} ${this.#type}\n`;
    const rows = [...this.#values.values()].sort((a, b) => (a.labels < b.labels ? -1 : 1));
    return heading + rows.map(({ labels, value }) => line(labels, value)).join('');
  }

  #labelText(values: readonly string[]): string {
    const { labels = [] } = this.#spec;
    if (values.length !== labels.length) throw new RangeError(`${this.#spec.name} has ${labels.length} labels, not ${values.length}`);
    return labels.map((name, i) => `${name}="${escapeLabel(values[i]!)}"`).join(',');
  }
}

const sample = (name: string, labels: string, value: number): string =>
  labels === '' ? `${name} ${numberText(value)}\n` : `${name}{${labels}} ${numberText(value)}\n`;
const joined = (labels: string, more: string): string => (labels === '' ? more : `${labels},${more}`);
const escapeLabel = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  // Go writes large numbers with a two-digit exponent.
  const text = Math.abs(value) >= 1e6 && Math.abs(value) < 1e21 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

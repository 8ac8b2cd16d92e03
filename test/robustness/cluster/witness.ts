import type { VirtualControlPlane } from '../../../src/cluster/virtual-control-plane.ts';
import type { StoreEvent } from '../../../src/store/store.ts';
import { invariants } from './invariants/all.ts';
import type { Invariant, RunningPod } from './invariant.ts';
import { ClusterModel, nameOf, type Change } from './model.ts';
import type { Outcome, Violation } from './outcome.ts';

/** Sees every revision, and holds it against what must be. */
export class Witness {
  readonly #plane: VirtualControlPlane;
  readonly #model = new ClusterModel();
  readonly #invariants: readonly Invariant[] = invariants();
  readonly #violations = new Map<string, Violation>();
  readonly #history: string[] = [];
  readonly #startMs: number;
  #revision = 0;
  #digest = 0;
  /** When anything was last written that is no sign of life, by monotonic time. */
  lastWriteMs = 0;

  constructor(plane: VirtualControlPlane) {
    this.#plane = plane;
    this.#startMs = plane.clock.now();
    plane.store.watch(
      { start: '', end: '\0' },
      { from: 1 },
      {
        events: (events) => {
          for (const event of events) {
            this.#digest = digestOf(this.#digest, event, plane.clock.now());
            const change = this.#model.apply(event, plane.clock.now());
            if (change) this.#see(change);
          }
        },
        end: () => undefined,
      },
    );
  }

  note(what: string): void {
    this.#history.push(`${this.#at()} -- ${what}`);
  }

  async lookAtNodes(): Promise<void> {
    const { nodes, clock } = this.#plane;
    const runs: RunningPod[] = [];
    for (const node of nodes.names) {
      const stats = await nodes.statsOf(node);
      for (const { podRef, containers } of stats?.pods ?? []) if (containers.length > 0) runs.push({ ...podRef, node });
    }
    for (const one of this.#invariants) this.#judge(one, one.seeNodes?.(runs, clock.now()));
  }

  isWell(): boolean {
    return this.#invariants.every((one) => (one.atEnd?.(this.#model, this.#plane.clock.now()) ?? []).length === 0);
  }

  judgeEnd(isQuiet: boolean): void {
    for (const one of this.#invariants)
      for (const what of one.atEnd?.(this.#model, this.#plane.clock.now()) ?? []) {
        this.note(`at the end: ${what}`);
        this.#judge(one, what);
      }
    if (!isQuiet) this.#violate('a cluster that is left alone comes to rest', 'writes go on');
  }

  outcome(): Pick<Outcome, 'violations' | 'revisions' | 'digest' | 'looked'> {
    return {
      violations: [...this.#violations.values()],
      revisions: this.#revision,
      digest: this.#digest,
      looked: new Map(this.#invariants.map(({ name, looked }) => [name, looked])),
    };
  }

  #see(change: Change): void {
    this.#revision = change.revision;
    if (!isHeartbeat(change)) {
      this.lastWriteMs = this.#plane.clock.monotonic();
      this.#history.push(`${this.#at()} ${change.revision} ${describe(change)}`);
    }
    for (const one of this.#invariants) this.#judge(one, one.see?.(change, this.#model));
  }

  #judge({ name }: Invariant, what: string | undefined): void {
    if (what !== undefined) this.#violate(name, what);
  }

  #violate(invariant: string, what: string): void {
    if (this.#violations.has(invariant)) return;
    const history = this.#history.slice(-historyLines);
    this.#violations.set(invariant, { invariant, what, revision: this.#revision, history, atMs: this.#plane.clock.now() - this.#startMs });
  }

  #at(): string {
    return `${((this.#plane.clock.now() - this.#startMs) / 1000).toFixed(3).padStart(8)} s`;
  }
}

/** Not for secrets: it only has to differ where histories do. */
function digestOf(digest: number, { entry }: StoreEvent, nowMs: number): number {
  let next = Math.imul(digest ^ nowMs ^ entry.modRevision, 16777619);
  for (let at = 0; at < entry.value.length; at += 1) next = Math.imul(next ^ entry.value[at]!, 16777619);
  return next;
}

const historyLines = Number(process.env['SLIPWAY_CLUSTER_HISTORY'] ?? 40);

/** Nodes say every few minutes that they live, also where they have leases. */
const isHeartbeat = ({ before, after }: Change): boolean => before !== undefined && after?.kind === 'Node';

/** One line: what was written, and what people would ask about first. */
function describe({ before, after }: Change): string {
  const object = (after ?? before)!;
  const { spec = {}, status = {} } = object as { readonly spec?: Parts; readonly status?: Parts };
  const { generation, deletionTimestamp } = object.metadata;
  const asked = ['replicas', 'nodeName', 'paused'].map((name) => [name, spec[name]] as const);
  const conditions = (status['conditions'] ?? []) as readonly { readonly type: string; readonly status: string }[];
  return [
    `${object.kind} ${nameOf(object)} ${!before ? 'made' : !after ? 'gone' : 'now'}`,
    ...(generation === undefined ? [] : [`generation=${generation}`]),
    ...(deletionTimestamp ? ['deleting'] : []),
    ...[...asked, ...Object.entries(status)].flatMap(([name, value]) => (isShort(value) ? [`${name}=${value}`] : [])),
    ...conditions.flatMap((condition) => (condition.status === 'True' ? [condition.type] : [])),
  ].join(' ');
}

type Parts = Readonly<Record<string, unknown>>;

const isShort = (value: unknown): value is string | number | boolean =>
  typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length < 40);

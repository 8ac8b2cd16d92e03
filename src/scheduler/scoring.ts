import type { Rng } from '../base/rng.ts';
import type { NodeInfo, PodInfo } from './framework.ts';
import type { Notes } from './cycle-state.ts';
import { PluginError, textOf } from './filtering.ts';
import type { Profile, Scorer } from './profile.ts';

const highestScore = 100;

/** Chooses among nodes that fit. Its arrays are used again for each pod. */
export class Scoring {
  readonly #rng: Rng;
  readonly #totals: number[] = [];
  readonly #scores: number[] = [];

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  /** The node with the highest sum of weighted scores; one of them by chance when there are several. */
  best(profile: Profile, notes: Notes, pod: PodInfo, nodes: readonly NodeInfo[]): NodeInfo {
    runPreScore(profile, notes, pod, nodes);
    this.#totals.length = nodes.length;
    this.#totals.fill(0);
    for (const scorer of profile.score) if (!notes.skippedScores.has(scorer.plugin.name)) this.#add(scorer, notes, pod, nodes);
    return nodes[this.#highest()]!;
  }

  #add({ plugin, weight }: Scorer, notes: Notes, pod: PodInfo, nodes: readonly NodeInfo[]): void {
    const scores = this.#scores;
    scores.length = nodes.length;
    for (let index = 0; index < nodes.length; index++) scores[index] = plugin.score(notes, pod, nodes[index]!);
    plugin.normalize?.(notes, pod, nodes, scores);
    for (let index = 0; index < nodes.length; index++) {
      const score = scores[index]!;
      if (!(score >= 0 && score <= highestScore)) throw new PluginError(outOfRange(plugin.name, score));
      this.#totals[index]! += score * weight;
    }
  }

  /** Of equals the first stands until chance prefers another: each has the same hope, in one pass. */
  #highest(): number {
    const totals = this.#totals;
    let best = 0;
    let equals = 1;
    for (let index = 1; index < totals.length; index++) {
      if (totals[index]! < totals[best]!) continue;
      if (totals[index]! > totals[best]!) {
        best = index;
        equals = 1;
      } else if (this.#rng.below(++equals) === 0) best = index;
    }
    return best;
  }
}

function runPreScore(profile: Profile, notes: Notes, pod: PodInfo, nodes: readonly NodeInfo[]): void {
  for (const plugin of profile.preScore) {
    const verdict = plugin.preScore(notes, pod, nodes);
    if (verdict?.code === 'Skip') notes.skippedScores.add(plugin.name);
    else if (verdict) throw new PluginError(`running PreScore plugin ${JSON.stringify(plugin.name)}: ${textOf(verdict)}`);
  }
}

const outOfRange = (plugin: string, score: number): string =>
  `plugin ${JSON.stringify(plugin)} returns an invalid score ${score}, it should in the range of [0, ${highestScore}] after normalizing`;

/** Runs the seeds it is given, one after the other, and tells of each. */
import { parentPort, workerData } from 'node:worker_threads';
import { report } from './report.ts';
import { runSeed } from './run.ts';

/** What is told of one seed. */
export interface Told {
  readonly seed: number;
  /** '' where all was well. */
  readonly report: string;
  readonly looked: ReadonlyMap<string, number>;
}

const tell = (told: Told): void => parentPort?.postMessage(told, []);

for (const seed of workerData as readonly number[]) {
  try {
    const outcome = await runSeed(seed);
    tell({ seed, report: report(outcome), looked: outcome.looked });
  } catch (error) {
    const text = `seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    tell({ seed, report: text, looked: new Map() });
  }
}

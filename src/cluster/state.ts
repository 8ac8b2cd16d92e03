import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ClusterHome } from './home.ts';
import type { ClusterSpec } from './spec.ts';

/** What a cluster's folder remembers. Written whole and atomically. */
export interface ClusterState {
  /** Of this file; a higher one than ours is refused. */
  readonly format: 1;
  /** The Slipway that last wrote it. */
  readonly version: string;
  /** `creating` until a first start succeeded: the next `up` finishes it. */
  readonly phase: 'creating' | 'created';
  readonly createdAt: string;
  readonly spec: ClusterSpec;
  /** The kubeconfig into which the cluster was merged; absent before. */
  readonly kubeconfig?: string;
}

/** Undefined where there is no such cluster. Throws for a file that is damaged or of a later format. */
export function readState(home: ClusterHome): ClusterState | undefined {
  let text: string;
  try {
    text = readFileSync(home.state, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  let state: ClusterState;
  try {
    state = JSON.parse(text) as ClusterState;
  } catch (error) {
    throw new Error(`${home.state} is damaged: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (state.format !== 1) throw new Error(`${home.state} has format ${String(state.format)}, which a later Slipway wrote; use that one`);
  return state;
}

export function writeState(home: ClusterHome, state: ClusterState): void {
  const staging = `${home.state}.${process.pid}`;
  writeFileSync(staging, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(staging, home.state);
}

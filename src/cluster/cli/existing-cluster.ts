import { clusterHome, clusterNameProblem, slipwayHome, type ClusterHome } from '../home.ts';
import { LockedError, waitForLock } from '../process-lock.ts';
import { readState, type ClusterState } from '../state.ts';
import { CommandError, UsageError, type Io } from './command.ts';

/** A cluster that must be there. */
export function existingCluster(name: string, io: Io): { readonly home: ClusterHome; readonly state: ClusterState } {
  const home = namedCluster(name, io);
  const state = readState(home);
  if (!state)
    throw new CommandError(
      `there is no cluster ${JSON.stringify(name)}. 'slipway list' shows those that there are, 'slipway up' makes one.`,
    );
  return { home, state };
}

/** A cluster that may be there or not; its name must be one. */
export function namedCluster(name: string, io: Io): ClusterHome {
  const problem = clusterNameProblem(name);
  if (problem) throw new UsageError(problem);
  return clusterHome(name, slipwayHome(io.environment));
}

/** Waits for other commands that change the cluster, and keeps them out until disposal. */
export async function lockCluster(home: ClusterHome): Promise<Disposable> {
  try {
    return await waitForLock(home.commandLock, 120_000);
  } catch (error) {
    if (error instanceof LockedError)
      throw new CommandError(
        `another command, process ${error.owner.pid}, has been busy with cluster ${JSON.stringify(home.name)} for minutes`,
        {
          cause: error,
        },
      );
    throw new CommandError(
      `cannot keep clusters here: ${error instanceof Error ? error.message : String(error)}; SLIPWAY_HOME names another folder`,
      { cause: error },
    );
  }
}

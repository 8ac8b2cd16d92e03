import { daemonStatus, launchDaemon, stopDaemon } from '../daemon/launch.ts';
import type { DaemonStatus } from '../daemon/control-socket.ts';
import type { ClusterHome } from '../home.ts';
import { slipwayVersion } from '../version.ts';
import type { Io } from './command.ts';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/** Makes sure that a prepared cluster's daemon runs and answers. The caller holds the command lock. */
export async function bringUp(home: ClusterHome, io: Io): Promise<{ readonly status: DaemonStatus; readonly wasRunning: boolean }> {
  const running = await daemonStatus(home);
  if (running?.phase === 'ready') {
    if (running.version !== slipwayVersion)
      io.err(
        `The cluster runs Slipway ${running.version}, and this is ${slipwayVersion}; 'slipway stop' and 'slipway start' bring it to this one.`,
      );
    return { status: running, wasRunning: true };
  }
  io.progress('Starting the control plane');
  // One that neither answers nor ends is in the way of a new one.
  await stopDaemon(home, stopTimeoutMs);
  try {
    return { status: await launchDaemon(home, startTimeoutMs, io.interrupted), wasRunning: false };
  } catch (error) {
    // That of an `up` which was killed may have come to life only now. What it was told may be out of date.
    if (!(await stopDaemon(home, stopTimeoutMs))) throw error;
    return { status: await launchDaemon(home, startTimeoutMs, io.interrupted), wasRunning: false };
  }
}

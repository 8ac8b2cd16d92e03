import { homedir } from 'node:os';
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** Where everything of one cluster on this machine stands. */
export interface ClusterHome {
  readonly name: string;
  readonly folder: string;
  readonly state: string;
  /** Held by a command that changes the cluster, for as long as it takes. */
  readonly commandLock: string;
  /** Held by the daemon for as long as it lives. */
  readonly daemonLock: string;
  readonly controlSocket: string;
  readonly log: string;
  /** What the daemon says when it cannot say it in its log: crashes. */
  readonly stderr: string;
  /** The administrator's kubeconfig, a copy of what is merged into the person's own. */
  readonly kubeconfig: string;
  readonly pki: string;
}

/** `$SLIPWAY_HOME`, else `~/.slipway`. */
export function slipwayHome(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(environment['SLIPWAY_HOME'] || join(homedir(), '.slipway'));
}

export function clusterHome(name: string, home: string = slipwayHome()): ClusterHome {
  const folder = join(home, name);
  return {
    name,
    folder,
    state: join(folder, 'state.json'),
    commandLock: join(home, `.${name}.lock`),
    daemonLock: join(folder, 'daemon.lock'),
    controlSocket: socketPath(join(folder, 'control.sock')),
    log: join(folder, 'logs', 'slipway.log'),
    stderr: join(folder, 'logs', 'stderr.log'),
    kubeconfig: join(folder, 'kubeconfig'),
    pki: join(folder, 'pki'),
  };
}

/** The kernel takes about 104 bytes; a longer path gets a short stand-in, the same whatever TMPDIR says. */
function socketPath(wanted: string): string {
  if (Buffer.byteLength(wanted) < 100) return wanted;
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 16);
  return `/tmp/slipway-${digest}.sock`;
}

/** Why a cluster cannot be called so; undefined when it can. Names go into host names and file names. */
export function clusterNameProblem(name: string): string | undefined {
  return /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) && name.length <= 40
    ? undefined
    : `${JSON.stringify(name)} is not a valid cluster name: lower case letters, digits, '-' and '.', at most 40, beginning and ending with a letter or digit`;
}

/** `slipway`, and `slipway-NAME` for any other: what a kubeconfig calls cluster, user and context. */
export const contextName = (cluster: string): string => (cluster === defaultClusterName ? cluster : `slipway-${cluster}`);

export const defaultClusterName = 'slipway';

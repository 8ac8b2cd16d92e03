import { resolve } from 'node:path';
import type { ExtraArgs } from '../codec/component-flags.ts';
import type { ComponentArgs } from './component-args.ts';
import type { Mount } from './kubeadm-settings.ts';

/** Flags that name files, by component. */
const fileFlags = {
  apiServer: ['token-auth-file'],
  controllerManager: ['root-ca-file', 'cluster-signing-cert-file', 'cluster-signing-key-file'],
  scheduler: ['config'],
} as const;

export interface HostFiles {
  readonly args: ComponentArgs;
  /** The mounts by which some file was found. */
  readonly used: ReadonlySet<Mount>;
}

/**
 * Flags name files as their components would see them; answers them as this machine sees them, by way
 * of the pods' `volumes` and the nodes' `mounts`. A path that no mount covers stays as it is.
 */
export function withHostFiles(args: ComponentArgs, volumes: readonly Mount[], mounts: readonly Mount[]): HostFiles {
  const used = new Set<Mount>();
  const hostPath = (path: string): string => {
    const onNode = through(path, volumes, used);
    const onHost = through(onNode, mounts, used);
    return onHost === onNode ? path : resolve(onHost);
  };
  const mapped = Object.entries(args).map(([component, flags]: [string, ExtraArgs]) => {
    const names: readonly string[] = fileFlags[component as keyof typeof fileFlags];
    const own = Object.entries(flags).map(([name, value]) => [name, names.includes(name) ? hostPath(String(value)) : value] as const);
    return [component, Object.fromEntries(own)] as const;
  });
  return { args: Object.fromEntries(mapped), used };
}

/** The innermost mount that covers the path says where it comes from. */
function through(path: string, mounts: readonly Mount[], used: Set<Mount>): string {
  const covers = ({ to }: Mount): boolean => path === to || path.startsWith(to.endsWith('/') ? to : `${to}/`);
  const mount = mounts.filter(covers).toSorted((a, b) => b.to.length - a.to.length)[0];
  if (!mount) return path;
  used.add(mount);
  return `${mount.from.replace(/\/$/, '')}${path.slice(mount.to.replace(/\/$/, '').length)}`;
}

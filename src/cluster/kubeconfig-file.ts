import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseYaml, stringifyYaml } from '../codec/yaml.ts';
import { mergeKubeconfig, withoutCluster, type Kubeconfig } from './kubeconfig.ts';

/** Merges into a kubeconfig that may be there or not. Throws, and changes nothing, where the file is no kubeconfig. */
export async function mergeInto(path: string, added: Kubeconfig): Promise<void> {
  await withFileLock(path, () => write(path, mergeKubeconfig(read(path), added)));
}

/** Takes a cluster's entries out. Returns whether there were any. */
export async function removeFrom(path: string, name: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  return withFileLock(path, () => {
    const next = withoutCluster(read(path) ?? {}, name);
    if (next) write(path, next);
    return next !== undefined;
  });
}

export function read(path: string): Kubeconfig | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new Error(`${path} is not a kubeconfig and was left as it is: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${path} is not a kubeconfig and was left as it is`);
  return value as Kubeconfig;
}

/** Replaces the file at once, through a symbolic link if it is one, and keeps its mode. */
export function write(path: string, config: Kubeconfig): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const target = existsSync(path) ? realpathSync(path) : path;
  const mode = existsSync(target) ? statSync(target).mode & 0o777 : 0o600;
  const staging = `${target}.${process.pid}.tmp`;
  writeFileSync(staging, stringifyYaml(config), { mode, flush: true });
  renameSync(staging, target);
}

/** client-go's lock: `FILE.lock`, made exclusively. One left behind by a dead program is waited for, then named. */
async function withFileLock<T>(path: string, run: () => T): Promise<T> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  const lock = `${path}.lock`;
  for (let tries = 0; ; tries++) {
    try {
      writeFileSync(lock, '', { flag: 'wx', mode: 0o600 });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (tries >= 100) throw new Error(`${lock} is in the way: if no other program is changing ${path}, remove it`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  try {
    return run();
  } finally {
    rmSync(lock, { force: true });
  }
}

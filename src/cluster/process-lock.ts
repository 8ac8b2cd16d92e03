import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A process, told apart from a later one that got the same pid. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks after boot at which it started; absent where /proc does not say. */
  readonly startTicks?: string;
}

export function thisProcess(): ProcessId {
  return processOf(process.pid);
}

export function processOf(pid: number): ProcessId {
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? { pid } : { pid, startTicks };
}

export function isAlive({ pid, startTicks }: ProcessId): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startTicks === undefined || startTicksOf(pid) === startTicks;
}

function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may hold anything; the fields begin behind the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is dead for our purposes: its parent has merely not looked.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Another living process has the lock. */
export class LockedError extends Error {
  override name = 'LockedError';
  readonly owner: ProcessId;

  constructor(path: string, owner: ProcessId) {
    super(`${path} is held by process ${owner.pid}`);
    this.owner = owner;
  }
}

/**
 * Takes a lock file for this process, or throws `LockedError`. A lock whose owner is dead is taken
 * over. The file appears with its content or not at all, so that nobody reads a half-written owner.
 */
export function takeLock(path: string): Disposable {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(thisProcess()), { mode: 0o600 });
  try {
    while (!appears(draft, path)) {
      const owner = lockOwner(path);
      if (owner && isAlive(owner)) throw new LockedError(path, owner);
      breakStale(path, draft);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return releaseOnce(path);
}

/** False when something is there already. */
function appears(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes a lock whose owner is dead. Only one process at a time may look and remove: of two that saw
 * the same dead owner, the slower would remove the lock that the faster has just taken.
 */
function breakStale(path: string, draft: string): void {
  const breaking = `${path}.break`;
  if (!appears(draft, breaking)) {
    if (isStale(breaking)) rmSync(breaking, { force: true });
    return;
  }
  try {
    if (isStale(path)) rmSync(path, { force: true });
  } finally {
    rmSync(breaking, { force: true });
  }
}

/** Something is there, and no living process's: a file without an owner is what a power cut can leave. */
function isStale(path: string): boolean {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    return false;
  }
  const owner = ownerIn(content);
  return owner === undefined || !isAlive(owner);
}

/** A second disposal must not remove what is somebody else's by then. */
function releaseOnce(path: string): Disposable {
  let held = true;
  return {
    [Symbol.dispose]() {
      if (held) rmSync(path, { force: true });
      held = false;
    },
  };
}

/** Waits until the lock is free; throws `LockedError` when it still is not after `timeoutMs`. */
export async function waitForLock(path: string, timeoutMs: number): Promise<Disposable> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return takeLock(path);
    } catch (error) {
      if (!(error instanceof LockedError) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Who holds it; undefined when nobody does, or the file is not readable as a lock. */
export function lockOwner(path: string): ProcessId | undefined {
  try {
    return ownerIn(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function ownerIn(content: string): ProcessId | undefined {
  try {
    const owner = JSON.parse(content) as ProcessId;
    return Number.isInteger(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

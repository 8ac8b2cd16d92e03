import { text, utf8 } from '../../codec/bytes.ts';
import { FileError, type FileSystem } from '../../machine/files.ts';
import type { Mount } from '../cri.ts';
import type { Answer } from './program/effects.ts';
import type { ProgramFiles } from './program/run.ts';

/** A container's own layer holds so much text; beyond that the disk is full. */
const roomForText = 1024 * 1024;

/** The files that a container's programs see: what they write themselves, and on the machine what is mounted. */
export class ContainerFiles implements ProgramFiles {
  readonly #machine: FileSystem;
  readonly #mounts: readonly Mount[];
  readonly #own = new Map<string, string>();
  #length = 0;

  constructor(machine: FileSystem, mounts: readonly Mount[]) {
    this.#machine = machine;
    // The innermost mount is the one that counts.
    this.#mounts = [...mounts].sort((a, b) => b.containerPath.length - a.containerPath.length);
  }

  read(path: string): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    return mounted ? missingIsUndefined(this.#machine.readFile(mounted.hostPath).then(text)) : this.#own.get(path);
  }

  list(path: string): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    if (mounted) return missingIsUndefined(this.#machine.list(mounted.hostPath).then(asLines));
    const folder = path === '/' ? '/' : `${path}/`;
    const inside = [...this.#own.keys(), ...this.#mounts.map(({ containerPath }) => containerPath)].filter((one) => one.startsWith(folder));
    const names = new Set(inside.map((one) => one.slice(folder.length).split('/', 1)[0]!));
    return names.size > 0 || standardFolders.has(path) ? asLines([...names].sort()) : undefined;
  }

  write(path: string, content: string, append: boolean): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.readonly ? undefined : this.#writeMounted(mounted.hostPath, content, append);
    const before = this.#own.get(path) ?? '';
    const after = append ? before + content : content;
    if (this.#length + after.length - before.length > roomForText) return undefined;
    this.#length += after.length - before.length;
    this.#own.set(path, after);
    return '';
  }

  remove(path: string): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.readonly ? undefined : missingIsUndefined(this.#machine.remove(mounted.hostPath).then(() => ''));
    this.#length -= this.#own.get(path)?.length ?? 0;
    return this.#own.delete(path) ? '' : undefined;
  }

  async #writeMounted(path: string, content: string, append: boolean): Promise<string> {
    await this.#machine.makeFolder(path.slice(0, path.lastIndexOf('/')), 0o755);
    const file = await this.#machine.open(path, { write: true, create: true, mode: 0o644 });
    if (!append) await file.truncate(0);
    await file.write([utf8(content)], append ? await file.size() : 0);
    await file.close();
    return '';
  }

  #mounted(path: string): Mount | undefined {
    for (const mount of this.#mounts) {
      const { containerPath, hostPath } = mount;
      if (path === containerPath) return mount;
      if (path.startsWith(`${containerPath}/`)) return { ...mount, hostPath: hostPath + path.slice(containerPath.length) };
    }
    return undefined;
  }
}

const standardFolders: ReadonlySet<string> = new Set(['/', '/bin', '/etc', '/home', '/opt', '/root', '/tmp', '/usr', '/var']);

const asLines = (names: readonly string[]): string => names.map((name) => `${name}\n`).join('');

function missingIsUndefined(answer: Promise<string>): Promise<Answer> {
  return answer.catch((error: unknown) => {
    if (error instanceof FileError) return undefined;
    throw error;
  });
}

import { text, utf8 } from '../../codec/bytes.ts';
import { ApiError } from '../../api/errors.ts';
import { FileError, type FileSystem } from '../../machine/files.ts';
import type { Mount } from '../cri.ts';
import type { Answer } from './program/effects.ts';
import type { ProgramFiles } from './program/run.ts';

/** A container's own layer holds so much text; beyond that the disk is full. */
const roomForText = 1024 * 1024;

/** The files that a container's programs see: what they write themselves, and on the machine what is mounted. */
export class ContainerFiles implements ProgramFiles {
  readonly #machine: FileSystem;
  /** Resolves when what a path on the machine leads to is there. */
  readonly #ready: (path: string) => Promise<void>;
  readonly #mounts: readonly Mount[];
  readonly #own = new Map<string, string>();
  #length = 0;

  constructor(machine: FileSystem, mounts: readonly Mount[], ready: (path: string) => Promise<void> = async () => {}) {
    this.#machine = machine;
    this.#ready = ready;
    // The innermost mount is the one that counts.
    this.#mounts = [...mounts].sort((a, b) => b.containerPath.length - a.containerPath.length);
  }

  read(path: string): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    return mounted ? this.#onMachine(mounted, async (path) => text(await this.#machine.readFile(path))) : this.#own.get(path);
  }

  /** Of the container's own layer alone. */
  own(path: string): string | undefined {
    return this.#own.get(path);
  }

  list(path: string): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    if (mounted) return this.#onMachine(mounted, async (path) => asLines(await this.#machine.list(path)));
    const folder = path === '/' ? '/' : `${path}/`;
    const inside = [...this.#own.keys(), ...this.#mounts.map(({ containerPath }) => containerPath)].filter((one) => one.startsWith(folder));
    const names = new Set(inside.map((one) => one.slice(folder.length).split('/', 1)[0]!));
    return names.size > 0 || standardFolders.has(path) ? asLines([...names].sort()) : undefined;
  }

  write(path: string, content: string, append: boolean): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.readonly ? undefined : this.#onMachine(mounted, (path) => this.#writeMounted(path, content, append));
    const before = this.#own.get(path) ?? '';
    const after = append ? before + content : content;
    if (this.#length + after.length - before.length > roomForText) return undefined;
    this.#length += after.length - before.length;
    this.#own.set(path, after);
    return '';
  }

  remove(path: string): Answer | Promise<Answer> {
    const mounted = this.#mounted(path);
    if (mounted) return mounted.readonly ? undefined : this.#onMachine(mounted, (path) => this.#machine.remove(path).then(() => ''));
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

  /** What cannot be had on the machine is as good as missing. */
  async #onMachine({ hostPath }: Mount, act: (path: string) => Promise<string>): Promise<Answer> {
    try {
      await this.#ready(hostPath);
      return await act(hostPath);
    } catch (error) {
      if (error instanceof FileError || error instanceof ApiError) return undefined;
      throw error;
    }
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

import type { FileSystem } from '../../machine/files.ts';

/** What a kubelet says of a volume that is to be mounted (`kubelet/ports.ts`: ResolvedVolume). */
export interface VolumeToMount {
  readonly volume: { readonly name: string; readonly hostPath?: { readonly path: string } };
  readonly files?: () => Promise<readonly VolumeContent[]>;
  readonly persistentVolume?: { readonly metadata: { readonly name?: string } };
}

interface VolumeContent {
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
}

const podsFolder = '/var/lib/kubelet/pods';

/**
 * Volumes of simulated pods. They are folders on the node's files, in which nothing is before a program
 * looks: hardly one ever reads its Secrets and tokens, and each token costs a call.
 */
export class SimulatedVolumes {
  readonly #files: FileSystem;
  /** By folder, what is to be in it and is not yet. */
  readonly #unfilled = new Map<string, () => Promise<readonly VolumeContent[]>>();
  readonly #filling = new Map<string, Promise<void>>();

  constructor(files: FileSystem) {
    this.#files = files;
  }

  /** Where each volume is, by its name. Costs nothing. */
  async mount(
    pod: { readonly metadata: { readonly uid?: string } },
    volumes: readonly VolumeToMount[],
  ): Promise<ReadonlyMap<string, string>> {
    const uid = pod.metadata.uid ?? '';
    const folders = new Map<string, string>();
    for (const { volume, files, persistentVolume } of volumes) {
      const folder = folderOf(uid, volume, persistentVolume);
      folders.set(volume.name, folder);
      if (files && !this.#filling.has(folder)) this.#unfilled.set(folder, files);
    }
    return folders;
  }

  async unmount(podUid: string): Promise<void> {
    const folder = `${podsFolder}/${podUid}/volumes`;
    for (const known of [this.#unfilled, this.#filling])
      for (const path of known.keys()) if (path.startsWith(`${folder}/`)) known.delete(path);
    if (await this.#files.exists(folder)) await removeBelow(this.#files, folder);
  }

  /** Resolves once all is there that a path on the machine leads to. Rejects where it cannot be had. */
  async fill(path: string): Promise<void> {
    for (const [folder, files] of this.#unfilled) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue;
      this.#unfilled.delete(folder);
      this.#filling.set(folder, this.#write(folder, files));
    }
    for (const [folder, filling] of this.#filling) if (path === folder || path.startsWith(`${folder}/`)) await filling;
  }

  async #write(folder: string, files: () => Promise<readonly VolumeContent[]>): Promise<void> {
    for (const { path, content, mode } of await files()) {
      const full = `${folder}/${path}`;
      await this.#files.makeFolder(full.slice(0, full.lastIndexOf('/')), 0o755);
      const file = await this.#files.open(full, { write: true, create: true, mode });
      await file.truncate(0);
      await file.write([content], 0);
      await file.close();
    }
  }
}

function folderOf(
  podUid: string,
  { name, hostPath }: VolumeToMount['volume'],
  persistentVolume: VolumeToMount['persistentVolume'],
): string {
  if (hostPath) return hostPath.path;
  if (persistentVolume) return `/var/lib/simulated-volumes/${persistentVolume.metadata.name}`;
  return `${podsFolder}/${podUid}/volumes/${name}`;
}

/** Folders stay, empty: FileSystem cannot remove them. */
async function removeBelow(files: FileSystem, path: string): Promise<void> {
  for (const name of await files.list(path)) {
    const inner = `${path}/${name}`;
    const isFile = await files.readFile(inner).then(
      () => true,
      () => false,
    );
    if (isFile) await files.remove(inner);
    else await removeBelow(files, inner);
  }
}

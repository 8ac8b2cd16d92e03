import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/meta.ts';
import { scanSnapshot } from '../../store/snapshot/scan-snapshot.ts';
import type { KeyRecord } from '../../store/snapshot/key-record.ts';
import type { RestoredContent } from '../../store/snapshot/restore-folder.ts';
import type { SnapshotFile } from '../../store/snapshot/snapshot-file.ts';
import type { Entry, Key } from '../../store/store.ts';
import type { NodeSpec } from '../spec.ts';
import type { Decrypt } from './decryption.ts';
import { valueAdopter } from './adopt-value.ts';

/** A cluster made of a snapshot: what its store begins with, and what its surroundings are to be. */
export interface AdoptedSnapshot {
  readonly content: RestoredContent;
  /** Under the names of the snapshot's own, control planes first; empty where it has none. */
  readonly nodes: readonly NodeSpec[];
  /** From which its Services have their addresses; undefined where nothing tells. */
  readonly serviceSubnet?: string;
  /** What could not be taken over, and how many of each. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/** Reads all that stands in a snapshot into memory, where our store keeps it too. Throws `CorruptError`. */
export async function adoptSnapshot(file: SnapshotFile, kinds: readonly Kind[], decrypt: Decrypt): Promise<AdoptedSnapshot> {
  const newest = new Map<Key, KeyRecord>();
  let deletedLast: { readonly at: number; readonly key: Key }[] = [];
  const { revision, server } = await scanSnapshot(file, {
    record(record) {
      if (record.tombstone) {
        newest.delete(record.key);
        deletedLast = [...deletedLast.filter(({ at }) => at === record.main), { at: record.main, key: record.key }];
        // A copy: the value is a view of a piece of the file.
      } else newest.set(record.key, { ...record, value: record.value.slice() });
    },
  });
  const adopter = new Adoption(kinds, decrypt);
  for (const record of newest.values()) adopter.take(record);
  const { entries, nodes, serviceSubnet, leftOut } = adopter;
  return {
    content: {
      revision: Math.max(revision, 2),
      entries,
      deletedLast: deletedLast.filter(({ at }) => at === revision).map(({ key }) => key),
      leases: server.leases.map(({ id, ttlSeconds }) => ({ id, ttlSeconds })),
    },
    nodes: nodes.toSorted((a, b) => (a.role === b.role ? (a.name < b.name ? -1 : 1) : a.role === 'control-plane' ? -1 : 1)),
    ...(serviceSubnet !== undefined && { serviceSubnet }),
    leftOut,
  };
}

class Adoption {
  readonly entries: Entry[] = [];
  readonly nodes: NodeSpec[] = [];
  readonly leftOut = new Map<string, number>();
  serviceSubnet: string | undefined;
  #subnetIsSaid = false;
  readonly #adopt: ReturnType<typeof valueAdopter>;

  constructor(kinds: readonly Kind[], decrypt: Decrypt) {
    this.#adopt = valueAdopter(kinds, decrypt);
  }

  take({ key, value, main, createRevision, version, lease }: KeyRecord): void {
    const adopted = this.#adopt(key, value);
    if ('leftOut' in adopted) {
      this.leftOut.set(adopted.leftOut, (this.leftOut.get(adopted.leftOut) ?? 0) + 1);
      return;
    }
    this.entries.push({ key, value: adopted.value, createRevision, modRevision: main, version, lease });
    this.#look(adopted.object);
  }

  #takeSubnet(object: KubeObject): void {
    const subnet = subnetOf(object);
    if (subnet === undefined || this.#subnetIsSaid) return;
    this.serviceSubnet = subnet;
    this.#subnetIsSaid = object.kind === 'ServiceCIDR';
  }

  #look(object: KubeObject): void {
    if (object.kind === 'Node' && object.apiVersion === 'v1') this.nodes.push(nodeOf(object));
    if (object.metadata.name === 'kubernetes') this.#takeSubnet(object);
  }
}

interface Addressed extends KubeObject {
  readonly spec?: { readonly cidrs?: readonly string[]; readonly clusterIP?: string };
}

/** ServiceCIDRs, which later clusters have, say it; else it is around the address of the API server's Service. */
function subnetOf({ kind, metadata, spec }: Addressed): string | undefined {
  if (kind === 'ServiceCIDR') return spec?.cidrs?.[0];
  const [, network] =
    (kind === 'Service' && metadata.namespace === 'default' && /^(\d+\.\d+)\.\d+\.\d+$/.exec(spec?.clusterIP ?? '')) || [];
  return network && `${network}.0.0/16`;
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

function nodeOf(node: KubeObject & { readonly status?: { readonly capacity?: Readonly<Record<string, string>> } }): NodeSpec {
  const { name = '', labels = {} } = node.metadata;
  const capacity = node.status?.capacity;
  return {
    name,
    role: controlPlaneLabels.some((label) => label in labels) ? 'control-plane' : 'worker',
    labels: {},
    ...(capacity && { capacity }),
  };
}

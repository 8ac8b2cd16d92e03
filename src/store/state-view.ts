import type { Change } from './index/history.ts';
import type { KeyTreeView } from './index/key-tree.ts';
import type { KeyVersions } from './index/key-versions.ts';
import type { LeaseInfo } from './store.ts';

/** A whole state at one moment, which does not change while the store goes on. */
export interface StateView {
  readonly revision: number;
  readonly compactRevision: number;
  readonly leases: readonly LeaseInfo[];
  /** May hold versions later than `revision`, and older ones than `compactRevision` needs. */
  readonly tree: KeyTreeView<KeyVersions>;
  /** All from `compactRevision` on. */
  readonly changes: readonly Change[];
}

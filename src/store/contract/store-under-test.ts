import type { VirtualClock } from '../../base/virtual-clock.ts';
import type { Store, StoreLimits } from '../store.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** The store's clock. */
  readonly clock: VirtualClock;
}

/** Makes an empty store. */
export type MakeStore = (limits?: Partial<StoreLimits>) => Promise<StoreUnderTest>;

/** Declares a test of one promise, on an empty store of its own. */
export type TestOnStore = (
  promise: string,
  body: (store: Store, clock: VirtualClock) => Promise<void>,
  limits?: Partial<StoreLimits>,
) => void;

/** How much of the disk a store takes beside its data. Small ones are for tests. */
export interface LogSizes {
  /** Of the log file, always kept free for deletes and compaction on a full disk. */
  readonly reserveBytes: number;
  /** By so much a log file grows at a time. */
  readonly stepBytes: number;
  /** A snapshot is made when the log since the last one is this long, and as long as that snapshot. */
  readonly checkpointBytes: number;
  /** Of a file given up for a snapshot on a full disk; 0 for none. */
  readonly snapshotReserveBytes: number;
}

export const defaultLogSizes: LogSizes = {
  reserveBytes: 1024 * 1024,
  stepBytes: 4 * 1024 * 1024,
  checkpointBytes: 32 * 1024 * 1024,
  snapshotReserveBytes: 16 * 1024 * 1024,
};

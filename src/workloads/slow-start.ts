/**
 * Calls `act` for 0 … count-1 in batches of 1, 2, 4 …, those of a batch at the same time. After a batch
 * with a failure there is no further one: what fails once, such as a quota, would fail a thousand
 * times. Resolves with how many succeeded and the first error. Source: slowStartBatch in
 * pkg/controller/replicaset/replica_set.go.
 */
export async function slowStart(count: number, act: (index: number) => Promise<unknown>, initialBatch = 1): Promise<SlowStartResult> {
  let succeeded = 0;
  let begun = 0;
  for (let batch = Math.min(initialBatch, count); batch > 0; batch = Math.min(2 * batch, count - begun)) {
    const first = begun;
    const results = await Promise.allSettled(Array.from({ length: batch }, (_, i) => act(first + i)));
    begun += batch;
    const failures = results.filter((result) => result.status === 'rejected');
    succeeded += batch - failures.length;
    if (failures[0]) return { succeeded, failure: { error: failures[0].reason } };
  }
  return { succeeded };
}

export interface SlowStartResult {
  readonly succeeded: number;
  /** Absent when all went well. */
  readonly failure?: { readonly error: unknown };
}

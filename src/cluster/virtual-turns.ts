/** Everything that could run without time passing has run when it resolves: Node's event loop has come round. */
export const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

/** So many steps share one round of the event loop at most. */
const maxBatch = 64;

/**
 * Calls `step` until it answers false, each time after everything that the call before caused has run.
 * Node empties its queues of promises between two immediates, so that many of them can be asked for at
 * once: a round of the event loop costs twenty times what one of its immediates does.
 */
export function repeatInTurns(step: () => boolean): Promise<void> {
  return new Promise((done, failed) => {
    let over = false;
    let batch = 1;
    const take = () => {
      if (over) return;
      try {
        if (step()) return;
        done();
      } catch (error) {
        failed(error);
      }
      over = true;
    };
    const round = () => {
      for (let left = batch; left > 0; left--) setImmediate(take);
      batch = Math.min(batch * 2, maxBatch);
      setImmediate(() => over || round());
    };
    round();
  });
}

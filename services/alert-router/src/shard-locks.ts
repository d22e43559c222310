export interface ShardLocks {
  /** Runs `work` alone among all work on that shard, in the order of asking. */
  run<T>(shard: string, work: () => Promise<T>): Promise<T>;
}

/** Entries and deadlines of one shard are decided one after the other: both read states, and write them later. */
export function createShardLocks(): ShardLocks {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(shard, work) {
      const before = tails.get(shard) ?? Promise.resolve();
      const done = before.then(work, work);
      const tail = done.catch(() => undefined);
      tails.set(shard, tail);
      return done;
    },
  };
}

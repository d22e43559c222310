/** Places for jobs in this process, shared by the intake of all its queues. */
export interface ProbeSlots {
  /** Resolves when at least one place is free. Nothing is reserved by it. */
  untilFree(): Promise<void>;
  /** Takes up to `most` places; says how many it got, perhaps none. */
  take(most: number): number;
  /** Takes one place even when none is free: for the one job per queue that a blocking read brings. */
  takeOne(): void;
  give(count: number): void;
  /** Lets everyone go on who waits, place or not: the process is stopping. */
  wakeAll(): void;
}

export function createProbeSlots(capacity: number): ProbeSlots {
  let free = capacity;
  const waiting: (() => void)[] = [];
  const wakeAll = () => {
    for (const wake of waiting.splice(0)) {
      wake();
    }
  };
  return {
    untilFree: () => (free > 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    take(most) {
      const taken = Math.max(0, Math.min(most, free));
      free -= taken;
      return taken;
    },
    takeOne() {
      free -= 1;
    },
    give(count) {
      free += count;
      if (free > 0) {
        wakeAll();
      }
    },
    wakeAll,
  };
}

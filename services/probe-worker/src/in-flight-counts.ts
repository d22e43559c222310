import type { ProbeJob } from "@alivemcp/core/pipeline";
import type { Load } from "./decide-start.ts";

type Counted = Pick<ProbeJob, "capKey" | "region">;

export interface InFlightCounts {
  loadFor(job: Counted): Load;
  /** Counts a job that starts; the returned function, called once at its end, takes it out again. */
  enter(job: Counted): () => void;
}

/** Probes in flight in this process: in all, per cap key, per cap key and region. */
export function createInFlightCounts(): InFlightCounts {
  const counts = new Map<string, number>();
  let total = 0;
  const keysOf = ({ capKey, region }: Counted) => [capKey, `${capKey} ${region}`];
  const add = (key: string, by: number) => {
    const count = (counts.get(key) ?? 0) + by;
    if (count > 0) {
      counts.set(key, count);
    } else {
      counts.delete(key);
    }
  };
  return {
    loadFor(job) {
      const [ofCapKey = 0, ofCapKeyInRegion = 0] = keysOf(job).map((key) => counts.get(key) ?? 0);
      return { total, ofCapKey, ofCapKeyInRegion };
    },
    enter(job) {
      total += 1;
      for (const key of keysOf(job)) {
        add(key, 1);
      }
      return () => {
        total -= 1;
        for (const key of keysOf(job)) {
          add(key, -1);
        }
      };
    },
  };
}

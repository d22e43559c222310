import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { makePartitions } from "@alivemcp/db/queries/partitions-system";
import type { Pool } from "@alivemcp/runtime/postgres";
import type { ArchivableMinute } from "./fold-entries.ts";

/** Makes sure that every minute of a batch has a partition: after a long outage the backlog is older than what is made ahead. */
export interface CoveredPartitions {
  cover(minutes: readonly ArchivableMinute[]): Promise<void>;
  /** Partitions may have been dropped: look again next time. */
  forget(): void;
}

const DAY_MS = 86_400_000;

export function openCoveredPartitions(pool: Pool): CoveredPartitions {
  const coveredDays = new Set<number>();
  return {
    async cover(minutes) {
      const missing = new Set<number>();
      for (const { minute } of minutes) {
        const day = Math.floor((minute * MINUTE_MS) / DAY_MS);
        if (!coveredDays.has(day)) {
          missing.add(day);
        }
      }
      for (const day of [...missing].sort((a, b) => a - b)) {
        await makePartitions(pool, { fromMs: day * DAY_MS, throughMs: (day + 1) * DAY_MS - 1 });
        coveredDays.add(day);
      }
    },
    forget: () => coveredDays.clear(),
  };
}

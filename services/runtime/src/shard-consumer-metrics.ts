import { Counter, Gauge, type Registry } from "prom-client";
import type { BatchCounts } from "./shard-batch.ts";

/** What a consumer group's process shows: entries by outcome, failed batches, leases held and lost. */
export function openConsumerMetrics(metrics: Registry, group: string, countShards: () => number) {
  const entries = new Counter({
    name: "alivemcp_consumer_entries_total",
    help: "Stream entries by outcome: handled, broken (set aside), lost (gone before they were acknowledged)",
    labelNames: ["group", "outcome"],
    registers: [metrics],
  });
  const failures = new Counter({
    name: "alivemcp_consumer_batch_failures_total",
    help: "Batches that failed and are read again",
    labelNames: ["group"],
    registers: [metrics],
  });
  const leasesLost = new Counter({
    name: "alivemcp_consumer_leases_lost_total",
    help: "Leases found in other hands or expired",
    labelNames: ["group"],
    registers: [metrics],
  });
  new Gauge({
    name: "alivemcp_consumer_shards",
    help: "Shards leased to this process",
    labelNames: ["group"],
    registers: [metrics],
    collect() {
      this.set({ group }, countShards());
    },
  });
  return {
    failures,
    leasesLost,
    count(counts: BatchCounts) {
      entries.inc({ group, outcome: "handled" }, counts.handled);
      entries.inc({ group, outcome: "broken" }, counts.broken);
      entries.inc({ group, outcome: "lost" }, counts.lost);
    },
  };
}

import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type ArchiverMetrics = ReturnType<typeof createArchiverMetrics>;

/** What operators see of archiving. Labels hold shards, tasks and reasons, never an endpoint or a tenant. */
export function createArchiverMetrics(registry: Registry) {
  const registers = [registry];
  return {
    rows: new Counter({
      name: "alivemcp_archive_rows_total",
      help: "Rows of probe_minute that are new or of a higher revision.",
      registers,
    }),
    refused: new Counter({
      name: "alivemcp_archive_refused_total",
      help: "Well-formed entries that no row can hold; set aside.",
      labelNames: ["reason"],
      registers,
    }),
    batchSeconds: new Histogram({
      name: "alivemcp_archive_batch_seconds",
      help: "Time from a batch in hand to its commit.",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 8],
      registers,
    }),
    batchEntries: new Histogram({
      name: "alivemcp_archive_batch_entries",
      help: "Stream entries of a batch.",
      buckets: [1, 10, 50, 100, 500, 1_000, 2_500, 5_000],
      registers,
    }),
    lagSeconds: new Gauge({
      name: "alivemcp_archive_lag_seconds",
      help: "Age of the oldest entry of a shard that is not in Postgres yet; the objective is 180 s.",
      labelNames: ["shard"],
      registers,
    }),
    trimmed: new Counter({
      name: "alivemcp_archive_stream_trimmed_total",
      help: "Entries removed behind the slowest group.",
      registers,
    }),
    upkeepSeconds: new Histogram({
      name: "alivemcp_archive_upkeep_seconds",
      help: "Time of one run of a task of upkeep.",
      labelNames: ["task"],
      buckets: [0.05, 0.25, 1, 5, 15, 60],
      registers,
    }),
    dropped: new Counter({
      name: "alivemcp_archive_partitions_dropped_total",
      help: "Expired partitions dropped.",
      registers,
    }),
    erased: new Counter({
      name: "alivemcp_erased_total",
      help: "What was erased for good: tenants, persons, endpoints with all they left, endpoints beyond a smaller plan.",
      labelNames: ["what"],
      registers,
    }),
    windowsWritten: new Counter({
      name: "alivemcp_archive_windows_written_total",
      help: "Endpoints whose uptime windows were written.",
      registers,
    }),
  };
}

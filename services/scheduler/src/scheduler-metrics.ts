import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface SchedulerMetrics {
  readonly lateness: Histogram;
  readonly jobsEnqueued: Counter<"region">;
  readonly claims: Counter;
  readonly claimFallbacks: Counter;
  readonly slotsDropped: Counter;
  readonly queueDepth: Gauge<"region">;
  readonly snapshotEndpoints: Gauge;
  readonly snapshotReadAt: Gauge;
  readonly redisMemoryRatio: Gauge;
  readonly redisDurabilityProblems: Gauge;
}

export function createSchedulerMetrics(registry: Registry): SchedulerMetrics {
  const registers = [registry];
  return {
    lateness: new Histogram({
      name: "alivemcp_schedule_lateness_seconds",
      help: "From the begin of a window to its jobs being in the queues",
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    jobsEnqueued: new Counter({
      name: "alivemcp_jobs_enqueued_total",
      help: "Slot jobs handed to the queue of a region, repeats included",
      labelNames: ["region"],
      registers,
    }),
    claims: new Counter({
      name: "alivemcp_schedule_claims_total",
      help: "Windows of a shard claimed by this scheduler",
      registers,
    }),
    claimFallbacks: new Counter({
      name: "alivemcp_schedule_claim_fallbacks_total",
      help: "Times claims went to Redis because Postgres did not answer",
      registers,
    }),
    slotsDropped: new Counter({
      name: "alivemcp_slots_dropped_total",
      help: "Slots for which a host's or a domain's budget had no start left",
      registers,
    }),
    queueDepth: new Gauge({
      name: "alivemcp_queue_waiting_jobs",
      help: "Jobs waiting in the queue of a region",
      labelNames: ["region"],
      registers,
    }),
    snapshotEndpoints: new Gauge({
      name: "alivemcp_snapshot_endpoints",
      help: "Endpoints this scheduler knows",
      registers,
    }),
    snapshotReadAt: new Gauge({
      name: "alivemcp_snapshot_read_timestamp_seconds",
      help: "When the endpoints were last read",
      registers,
    }),
    redisMemoryRatio: new Gauge({
      name: "alivemcp_redis_memory_ratio",
      help: "Used over allowed memory of Redis; public cadence stretches at 0.7, only tenants are probed at 0.85",
      registers,
    }),
    redisDurabilityProblems: new Gauge({
      name: "alivemcp_redis_durability_problems",
      help: "Settings of Redis, read at start, by which it evicts keys or forgets them in a crash",
      registers,
    }),
  };
}

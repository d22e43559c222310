/**
 * Contracts of the pipeline: job, region result, and the names of queues, streams and keys. Only here are they built.
 * Before: services/scheduler/src/tick.ts fills a job. After: services/probe-worker/src/run-probe-job.ts runs it.
 */
import { z } from "zod";
import { EXPECTED_TOOLS_MAX, LATENCY_DEGRADED_MS_DEFAULT, TOOL_NAME_CHARS_MAX } from "./endpoint-options.ts";
import { healthOptionsSchema } from "./health-options.ts";
import { dueHealthUrlSchema, HEALTH_URLS_MAX } from "./health-url.ts";
import { shardOf } from "./shard.ts";
import { ERAS, FAILURE_LAYERS, FAILURE_REASONS, PROBE_STATES, TRANSPORTS } from "./states.ts";

/** Format version of jobs, results and stream entries. A reader that meets another one refuses and sets it aside. */
export const PIPELINE_VERSION = 1;

export const JOB_KINDS = ["slot", "look", "now", "check", "audit"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

const epochMs = z.int().nonnegative();
const region = z.string().regex(/^[a-z]{2}-[a-z]+(-\d)?$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What an earlier probe learned about how this endpoint speaks; tried first, re-detected when it fails. */
export const rememberedWireSchema = z.object({
  era: z.enum(ERAS),
  transport: z.enum(["http", "sse"]),
  protocolVersion: z.string().max(32),
});
export type RememberedWire = z.infer<typeof rememberedWireSchema>;

/** What the owner expects beyond the protocol, as far as this job is to look at it. */
export const expectationsSchema = z.object({
  /** Names that must be in the tool list. */
  tools: z.array(z.string().max(TOOL_NAME_CHARS_MAX)).max(EXPECTED_TOOLS_MAX),
  /** Health URLs that are due. */
  healthUrls: z.array(dueHealthUrlSchema).max(HEALTH_URLS_MAX),
  /** A slower handshake is `degraded / latency`. */
  latencyDegradedMs: z.int().min(500).max(30_000),
  /** Whether declared resources and prompts are listed, too. */
  isCapabilityCheckDue: z.boolean(),
});
export type Expectations = z.infer<typeof expectationsSchema>;

export const NO_EXPECTATIONS: Expectations = {
  tools: [],
  healthUrls: [],
  latencyDegradedMs: LATENCY_DEGRADED_MS_DEFAULT,
  isCapabilityCheckDue: false,
};

export const probeJobSchema = z.object({
  v: z.literal(PIPELINE_VERSION),
  traceparent: z.string().max(64),
  kind: z.enum(JOB_KINDS),
  /** Endpoint uuid; for `check` jobs the uuid of the check, which has no row. */
  endpointId: z.uuid(),
  /** What caps, kills and slow-down count against: `tenant:<uuid>`, or `domain:<registrable domain>` for unclaimed endpoints. */
  capKey: z.string().max(300),
  configVersion: z.int().nonnegative(),
  region,
  regionsAsked: z.array(region).min(1).max(16),
  slotAtMs: epochMs,
  /** Not run before this; picked up more than 30 s after it, the job is dropped and counted. */
  notBeforeMs: epochMs,
  /** Epoch minute (ms / 60,000) the result belongs to. */
  minute: z.int().nonnegative(),
  lastSlotOfMinuteAtMs: epochMs,
  /** Minutes the verdict-minute stands for: the endpoint's cadence. */
  coversMinutes: z.int().min(1).max(1440),
  retentionClass: z.string().max(32),
  look: z.object({ confirmation: epochMs, n: z.union([z.literal(1), z.literal(2)]) }).nullable(),
  url: z.string().max(2048),
  transport: z.enum(TRANSPORTS),
  remembered: rememberedWireSchema.nullable(),
  lastFullHash: hash.nullable(),
  isToolListEmptyAtBaseline: z.boolean(),
  health: healthOptionsSchema,
  expectations: expectationsSchema.default(NO_EXPECTATIONS),
  /** Whole-probe budget: 30 s, looks 10 s, looks of slow endpoints 20 s. */
  budgetMs: z.int().min(1000).max(30_000),
  hasSecondAttempt: z.boolean(),
  /** Signed ticket naming the credential; null for open endpoints. Never the credential. */
  credentialTicket: z.string().max(1024).nullable(),
});
export type ProbeJob = z.infer<typeof probeJobSchema>;

export const PROBE_STEPS = [
  "dns",
  "tcp",
  "tls",
  "http",
  /** With a credential only: the request without it, which must be refused. */
  "unauthenticated",
  "detect",
  "handshake",
  "initialized",
  "tools_list",
  "health",
  "health_url",
  "capabilities",
  /** The tool list's hashes against the ones last known. */
  "hash",
  "auth_metadata",
  "close",
] as const;

/** One line of the waterfall. `ms` is null for a step that was not reached or took no measurable part. */
export const probeStepSchema = z.object({
  step: z.enum(PROBE_STEPS),
  ms: z.number().nonnegative().nullable(),
  ok: z.boolean(),
  detail: z.string().max(300).nullable(),
});
export type ProbeStep = z.infer<typeof probeStepSchema>;

/** Everything one probe concluded; made by the probe library, used alike by worker, `/check` and CLI. */
export const probeFindingSchema = z.object({
  state: z.enum(PROBE_STATES),
  reason: z.enum(FAILURE_REASONS).nullable(),
  layer: z.enum(FAILURE_LAYERS).nullable(),
  /** Finer than the reason, from our own list (`tls_expired`, `id_mismatch`, …); for people, never for routing. */
  detail: z.string().max(200).nullable(),
  isAuthRequired: z.boolean(),
  startedAtMs: epochMs,
  observedAtMs: epochMs,
  /** Request sent → handshake reply complete, without dns, tcp and tls. */
  latencyMs: z.number().nonnegative().nullable(),
  era: z.enum(ERAS).nullable(),
  protocolVersion: z.string().max(32).nullable(),
  transport: z.enum(["http", "sse"]).nullable(),
  server: z.object({ name: z.string().max(200), version: z.string().max(100) }).nullable(),
  toolsCount: z.int().nonnegative().nullable(),
  contractHash: hash.nullable(),
  fullHash: hash.nullable(),
  /** The failure that a second attempt healed. */
  transientReason: z.enum(FAILURE_REASONS).nullable(),
  tlsExpiresAtMs: epochMs.nullable(),
  retryAfterMs: z.int().nonnegative().nullable(),
  lints: z.array(z.string().max(200)).max(50),
  steps: z.array(probeStepSchema).max(40),
  /** Redacted excerpt of what the endpoint answered; failures only. */
  evidence: z.string().max(500).nullable(),
});
export type ProbeFinding = z.infer<typeof probeFindingSchema>;

/** A finding with the job it answers: what goes to the report script. */
export const regionResultSchema = z.object({
  v: z.literal(PIPELINE_VERSION),
  traceparent: z.string().max(64),
  jobId: z.string().max(200),
  job: probeJobSchema.pick({
    kind: true,
    endpointId: true,
    region: true,
    regionsAsked: true,
    slotAtMs: true,
    minute: true,
    lastSlotOfMinuteAtMs: true,
    coversMinutes: true,
    retentionClass: true,
    look: true,
    lastFullHash: true,
  }),
  finding: probeFindingSchema,
});
export type RegionResult = z.infer<typeof regionResultSchema>;

/** BullMQ queue of a region's slot, look, now and audit jobs. The prefix is a hash tag: one queue, one Redis node. */
export const probeQueueName = (regionId: string) => ({
  name: `probe-${regionId}`,
  prefix: `{probe-${regionId}}`,
});
/** Queue of `/check` jobs of a region: strangers never wait behind, nor delay, the watched endpoints. */
export const checkQueueName = (regionId: string) => ({
  name: `check-${regionId}`,
  prefix: `{check-${regionId}}`,
});

/** Queue of messages that are due to be sent. A job is a hint that its row may be due: the row alone says whether it is. */
export const DELIVERY_QUEUE = { name: "deliveries", prefix: "{deliveries}" };
export const deliveryJobSchema = z.object({ v: z.literal(PIPELINE_VERSION), deliveryId: z.uuid() });
export type DeliveryJob = z.infer<typeof deliveryJobSchema>;
/** One job per try: added twice before it is worked off, it is there once. */
export const deliveryJobId = (deliveryId: string, attempts: number) => `d-${deliveryId}-${attempts}`;

export const slotJobId = (endpointId: string, slotAtMs: number) => `${endpointId}-${slotAtMs}`;
export const lookJobId = (endpointId: string, confirmation: number, n: 1 | 2) =>
  `${endpointId}-look-${confirmation}-${n}`;
export const nowJobId = (endpointId: string, requestedAtMs: number) => `${endpointId}-now-${requestedAtMs}`;
export const checkJobId = (checkId: string) => `check-${checkId}`;

export const verdictMinuteKey = (endpointId: string, minute: number) =>
  `vm:{${shardOf(endpointId)}}:${endpointId}:${minute}`;
export const nowKey = (endpointId: string) => `now:{${shardOf(endpointId)}}:${endpointId}`;
export const toolListKey = (endpointId: string, fullHash: string) =>
  `tl:{${shardOf(endpointId)}}:${endpointId}:${fullHash}`;
export const unsealedKey = (shard: string) => `unsealed:{${shard}}`;
export const verdictStream = (shard: string) => `verdicts:{${shard}}`;
/** Entries of `verdictStream` that nobody could parse, kept for a human. */
export const asideStream = (shard: string) => `verdicts-aside:{${shard}}`;
/** Which process of a consumer group reads a shard; expires unless renewed. */
export const shardLeaseKey = (group: string, shard: string) => `lease:{${shard}}:${group}`;
/** Processes of a consumer group by the instant they were last heard (zset). */
export const leaseHoldersKey = (group: string) => `holders:${group}`;
/** Set once the archiver has written every endpoint's windows: gone when Redis lost them. */
export const windowsMarkerKey = "windows-written";
export const regionKey = (regionId: string) => `region:${regionId}`;
/** Instants (zset) at which probes of this cap key killed a worker child, proven in quarantine; lives an hour. */
export const killsKey = (capKey: string) => `kills:${capKey}`;
/** Present for a day after operators were told of this cap key's kills. */
export const killsToldKey = (capKey: string) => `kills-told:${capKey}`;
/**
 * Cap keys that are slowed down for such kills (zset, scored by the epoch ms at which that ends): the scheduler leaves
 * at least `SLOWDOWN_CADENCE_S` between their slots.
 */
export const SLOWDOWNS_KEY = "slowdowns";
/** Mirror (set) of the opt-outs in force, for processes that cannot ask Postgres; members are `optOutKey`. */
export const OPT_OUTS_KEY = "opt-outs";
/** Who enqueues a window of a shard while Postgres is away. */
export const scheduleClaimKey = (shard: string, windowAtMs: number) => `claim:{${shard}}:${windowAtMs}`;
/** Which key a dispatch of a job was opened to, and (with `:answer`) what it got, sealed to that key. */
export const handoverKey = (of: { jobId: string; region: string; dispatch: number; isRenewal: boolean }) =>
  `handover:${of.region}:${of.jobId}:${of.dispatch}${of.isRenewal ? ":renewal" : ""}`;
/** List of payloads of a queue that were refused (unknown version, broken shape), newest first, kept for a human. */
export const refusedKey = (queueName: string) => `refused:${queueName}`;

export const ARCHIVER_GROUP = "archiver";
export const ROUTER_GROUP = "alert-router";
export const CONSUMER_GROUPS = [ARCHIVER_GROUP, ROUTER_GROUP] as const;

/** A job picked up later than this after its not-before is dropped and counted, never run late. */
export const JOB_LATE_AFTER_MS = 30_000;
/** Shortest cadence of a cap key while it stands in `SLOWDOWNS_KEY`. */
export const SLOWDOWN_CADENCE_S = 300;
/** Finished jobs stay this long so that adding one twice adds nothing. */
export const FINISHED_JOB_KEPT_S = 180;

export const MINUTE_MS = 60_000;
export const minuteOf = (atMs: number) => Math.floor(atMs / MINUTE_MS);

/** What probers, report script, router and archiver would have left in Redis, for tests of what reads it. */
import { COMMITTED_FIELDS, RAW_FIELDS, WINDOW_FIELDS } from "@alivemcp/core/now-fields";
import { packVote } from "@alivemcp/core/packed-vote";
import { minuteOf, nowKey, type ProbeFinding, regionKey } from "@alivemcp/core/pipeline";
import { mergeWorkerBeat } from "@alivemcp/core/region-heartbeat";
import type { TestRedis } from "./redis.ts";

/** When the clock of such a test starts: 2026-11-20 12:00:30 UTC. */
export const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 30);
const WINDOWS = {
  uptime: { "24h": 0.9993, "7d": 0.9999, "30d": 0.99987, "90d": 1 },
  authWalledShare30d: 0,
  latencyMsP50Of24h: 181.6,
  latencyMsP95Of24h: 402,
  lastDriftAtMs: null,
};

/** An endpoint that is up; `fields` are set over that. */
export async function seedNowAt(
  { redis }: Pick<TestRedis, "redis">,
  nowMs: number,
  endpointId: string,
  fields: Record<string, string>,
): Promise<void> {
  await redis.hset(nowKey(endpointId), {
    [RAW_FIELDS.state]: "up",
    [RAW_FIELDS.reason]: "",
    [RAW_FIELDS.minute]: String(minuteOf(nowMs)),
    [RAW_FIELDS.atMs]: String(nowMs - 10_000),
    [RAW_FIELDS.latencyMs]: "180",
    [COMMITTED_FIELDS.state]: "up",
    [COMMITTED_FIELDS.sinceAtMs]: String(nowMs - 3 * 86_400_000),
    [COMMITTED_FIELDS.reason]: "",
    [COMMITTED_FIELDS.flags]: "",
    [WINDOW_FIELDS.windows]: JSON.stringify(WINDOWS),
    ...fields,
  });
}

/** The fields of one region's newest result. */
export function regionFields(region: string, finding: ProbeFinding): Record<string, string> {
  return {
    [RAW_FIELDS.vote(region)]: packVote({
      observedAtMs: finding.observedAtMs,
      digest: "0123456789abcdef",
      slotAtMs: finding.startedAtMs,
      startedAtMs: finding.startedAtMs,
      state: finding.state,
      reason: finding.reason,
      latencyMs: finding.latencyMs,
      changedFullHash: null,
    }),
    [RAW_FIELDS.finding(region)]: JSON.stringify(finding),
  };
}

/** Every region has one worker, well. */
export async function seedHeartbeatsAt(
  { redis }: Pick<TestRedis, "redis">,
  nowMs: number,
  regions: readonly { readonly id: string }[],
): Promise<void> {
  for (const { id } of regions) {
    const beat = { workerId: "w1", atMs: nowMs, isSelfCheckOk: true, version: "1" };
    await redis.set(regionKey(id), mergeWorkerBeat(null, beat, nowMs));
  }
}

export const FINDING: ProbeFinding = {
  state: "up",
  reason: null,
  layer: null,
  detail: null,
  isAuthRequired: false,
  startedAtMs: NOW_MS - 11_000,
  observedAtMs: NOW_MS - 10_000,
  latencyMs: 180,
  era: "legacy",
  protocolVersion: "2025-06-18",
  transport: "http",
  server: { name: "acme", version: "1.2.3" },
  toolsCount: 4,
  contractHash: "a".repeat(64),
  fullHash: "b".repeat(64),
  transientReason: null,
  tlsExpiresAtMs: null,
  retryAfterMs: null,
  lints: [],
  steps: [
    { step: "dns", ms: 4, ok: true, detail: "203.0.113.77" },
    { step: "tcp", ms: 12, ok: true, detail: "203.0.113.77:443" },
    { step: "tls", ms: 31, ok: true, detail: "TLS 1.3" },
    { step: "handshake", ms: 150, ok: true, detail: null },
    { step: "tools_list", ms: 60, ok: true, detail: "4 tools" },
    { step: "close", ms: 9, ok: true, detail: null },
  ],
  evidence: null,
};

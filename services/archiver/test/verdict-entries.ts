/** Makers of findings, votes and entries as workers and scripts write them, for tests and measurements. */
import { packVote, type Vote } from "@alivemcp/core/packed-vote";
import { type ProbeFinding, verdictStream } from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import type { MinuteEntry } from "@alivemcp/core/verdict-entry";
import type { ShardEntry } from "@alivemcp/runtime/shard-batch";
import type { Redis } from "ioredis";

export const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

export function findingAt(observedAtMs: number, change: Partial<ProbeFinding> = {}): ProbeFinding {
  return {
    state: "up",
    reason: null,
    layer: null,
    detail: null,
    isAuthRequired: false,
    startedAtMs: observedAtMs - 100,
    observedAtMs,
    latencyMs: 100,
    era: "legacy",
    protocolVersion: "2025-11-25",
    transport: "http",
    server: { name: "demo", version: "1.0.0" },
    toolsCount: 1,
    contractHash: null,
    fullHash: null,
    transientReason: null,
    tlsExpiresAtMs: null,
    retryAfterMs: null,
    lints: [],
    steps: [{ step: "tcp", ms: 1, ok: true, detail: null }],
    evidence: null,
    ...change,
  };
}

export const downFindingAt = (observedAtMs: number) =>
  findingAt(observedAtMs, {
    state: "down",
    reason: "connection_refused",
    layer: "tcp",
    latencyMs: null,
    era: null,
    protocolVersion: null,
    transport: null,
    server: null,
    toolsCount: null,
    steps: [{ step: "tcp", ms: 1, ok: false, detail: "ECONNREFUSED" }],
    evidence: "connect ECONNREFUSED",
  });

export function voteOf(finding: ProbeFinding, changedFullHash: string | null = null): Vote {
  return {
    observedAtMs: finding.observedAtMs,
    digest: "a1b2c3d4e5",
    slotAtMs: finding.startedAtMs,
    startedAtMs: finding.startedAtMs,
    state: finding.state,
    reason: finding.reason,
    latencyMs: finding.latencyMs,
    changedFullHash,
  };
}

/** A sealed minute in which each region answered with its finding; findings named in `told` travel with it. */
export function minuteEntry(
  facts: Partial<MinuteEntry> & {
    readonly endpointId: string;
    readonly minute: number;
    readonly seen: Readonly<Record<string, ProbeFinding>>;
    /** Full hash per region that its job did not know. */
    readonly changed?: Readonly<Record<string, string>>;
  },
): MinuteEntry {
  const { seen, changed = {}, ...given } = facts;
  const regions = Object.keys(seen);
  const first = seen[regions[0] ?? ""];
  return {
    kind: "sealed",
    writtenAtMs: facts.minute * 60_000 + 30_000,
    traceparent: TRACEPARENT,
    state: first?.state ?? "unknown",
    reason: first?.reason ?? null,
    latencyMs: first?.latencyMs ?? null,
    revision: 1,
    coversMinutes: 1,
    retentionClass: "team",
    regionsAsked: regions,
    votes: Object.fromEntries(
      regions.map((region) => [region, voteOf(seen[region] as ProbeFinding, changed[region] ?? null)]),
    ),
    findings: Object.fromEntries(
      Object.entries(seen).filter(([region, { state }]) => state !== "up" || changed[region] !== undefined),
    ),
    ...given,
  };
}

/** Entries as the consumer hands them over, with ids in order. */
export function inStream(entries: readonly MinuteEntry[]): readonly ShardEntry[] {
  return entries.map((entry, index) => ({ id: `${entry.writtenAtMs}-${index}`, entry }));
}

/** Appends an entry to its shard's stream as the report script does; answers its id. */
export async function appendEntry(redis: Redis, entry: MinuteEntry): Promise<string | null> {
  const fields: Record<string, string | number> = {
    v: 1,
    k: entry.kind,
    e: entry.endpointId,
    m: entry.minute,
    at: entry.writtenAtMs,
    tp: entry.traceparent,
    s: entry.state,
    re: entry.reason ?? "",
    lat: entry.latencyMs ?? "",
    rev: entry.revision,
    cov: entry.coversMinutes,
    rc: entry.retentionClass,
    ask: entry.regionsAsked.join(","),
  };
  for (const [region, vote] of Object.entries(entry.votes)) {
    fields[region] = packVote(vote);
  }
  for (const [region, finding] of Object.entries(entry.findings)) {
    fields[`d:${region}`] = JSON.stringify(finding);
  }
  return redis.xadd(verdictStream(shardOf(entry.endpointId)), "*", ...Object.entries(fields).flat());
}

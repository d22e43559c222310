import { unpackVote, type Vote } from "@alivemcp/core/packed-vote";
import {
  nowKey,
  type RegionResult,
  toolListKey,
  unsealedKey,
  verdictMinuteKey,
  verdictStream,
} from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import type { LookReason } from "@alivemcp/core/verdict-look";
import type { MinuteOutcome } from "@alivemcp/core/verdict-minute";
import { type PackedReport, reportOf } from "@alivemcp/core/verdict-report";
import type { Redis } from "ioredis";
import { REPORT, SEAL } from "./redis-scripts/verdict-scripts.ts";
import { runScript } from "./run-script.ts";
import { TOOL_LIST_LIFE_S } from "./tool-list-store.ts";

const REGION_FIELD = /^[a-z]{2}-/;

/**
 * What the report script did. `outcome` is about the minute; `look` says whether and why the result went to the alert
 * router by itself. `too-late` was dropped and is to be counted.
 */
export interface ReportAnswer {
  readonly outcome: MinuteOutcome;
  /** Revision of the minute after the call; 0 while it is open. */
  readonly revision: number;
  readonly look: LookReason | null;
}

/** One verdict-minute as it lies in Redis. */
export interface StoredMinute {
  readonly votes: Readonly<Record<string, Vote>>;
  readonly sealedAtMs: number | null;
  readonly revision: number;
}

/**
 * Reports one region result: merge, verdict, raw fields, stream entries, all in one round trip and atomic. Calls made
 * in one tick travel together. Repeating a call, also after an unknown outcome, changes nothing.
 *
 * `toolList` (from `packToolList`) is the new tool list when its hash is not the job's last known one; it is stored
 * ahead of the result, so whoever reads the stream entry finds it. Throws only what Redis throws, and on `check` or
 * `audit` results, which belong to no minute.
 */
export async function reportResult(
  redis: Redis,
  result: RegionResult,
  nowMs: number,
  toolList: Buffer | null = null,
): Promise<ReportAnswer> {
  const report = reportOf(result);
  const { endpointId } = result.job;
  const { fullHash } = result.finding;
  const storing =
    toolList !== null && fullHash !== null
      ? redis.set(toolListKey(endpointId, fullHash), toolList, "EX", TOOL_LIST_LIFE_S)
      : null;
  const keys = minuteKeys(endpointId, report.minute);
  const reporting = runScript(redis, REPORT, keys, reportArguments(result, report, nowMs));
  const [answer] = await Promise.all([reporting, storing]);
  const [outcome, revision, look] = answer as [string, number, string];
  return {
    outcome: outcome as MinuteOutcome,
    revision,
    look: look === "" ? null : (look as LookReason),
  };
}

/**
 * Seals a minute if nothing is outstanding any more: for the router, after it closed a look and wrote or removed
 * `confirming`. Safe at any time and any number of times; true when this call sealed it.
 */
export async function sealIfComplete(
  redis: Redis,
  input: { endpointId: string; minute: number },
  nowMs: number,
): Promise<boolean> {
  const { endpointId, minute } = input;
  const answer = await runScript(redis, SEAL, minuteKeys(endpointId, minute), [
    nowMs,
    endpointId,
    minute,
    "complete",
  ]);
  return answer === "sealed";
}

/** Reads what a minute holds so far; null when nothing was reported or it is over 15 minutes since it was sealed. */
export async function findVerdictMinute(
  redis: Redis,
  input: { endpointId: string; minute: number },
): Promise<StoredMinute | null> {
  const fields = await redis.hgetall(verdictMinuteKey(input.endpointId, input.minute));
  const entries = Object.entries(fields);
  if (entries.length === 0) {
    return null;
  }
  return {
    votes: Object.fromEntries(
      entries
        .filter(([field]) => REGION_FIELD.test(field))
        .map(([region, packed]) => [region, unpackVote(packed)]),
    ),
    sealedAtMs: fields.sealed === undefined ? null : Number(fields.sealed),
    revision: Number(fields.rev ?? 0),
  };
}

/** The four keys of a minute's scripts, in their order. */
export function minuteKeys(endpointId: string, minute: number): [string, string, string, string] {
  const shard = shardOf(endpointId);
  return [verdictMinuteKey(endpointId, minute), nowKey(endpointId), unsealedKey(shard), verdictStream(shard)];
}

function reportArguments(result: RegionResult, report: PackedReport, nowMs: number): (string | number)[] {
  const { job } = result;
  return [
    nowMs,
    job.endpointId,
    report.minute,
    report.kind,
    report.region,
    report.packedVote,
    report.findingJson,
    report.isNoteworthy ? "1" : "0",
    [...new Set([...report.regionsAsked, report.region])].sort().join(","),
    report.lastSlotAtMs ?? "",
    report.coversMinutes,
    job.retentionClass,
    report.sealDueAtMs,
    result.traceparent,
    result.jobId,
    job.look === null ? "" : `${job.look.confirmation}-${job.look.n}`,
  ];
}

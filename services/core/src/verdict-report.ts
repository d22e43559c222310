import { createHash } from "node:crypto";
import { hasListedCapabilities } from "./capability-lints.ts";
import { invariant } from "./invariant.ts";
import { packVote, type Vote } from "./packed-vote.ts";
import { minuteOf, type ProbeFinding, type RegionResult } from "./pipeline.ts";

/** A minute is sealed at the latest this long after its last slot or look. */
export const SEAL_AFTER_MS = 45_000;

/** One region result, boiled down to what its verdict-minute needs. */
export interface Report {
  readonly kind: "slot" | "look" | "now";
  readonly region: string;
  /** Epoch minute the result belongs to. */
  readonly minute: number;
  readonly vote: Vote;
  readonly regionsAsked: readonly string[];
  /** Null where no slot falls into the minute, as far as the job knew. */
  readonly lastSlotAtMs: number | null;
  readonly coversMinutes: number;
  readonly sealDueAtMs: number;
}

/** A report with the texts that go to Redis beside it. */
export interface PackedReport extends Report {
  readonly packedVote: string;
  readonly findingJson: string;
  /** Whether the finding itself is worth keeping with the minute, beyond the vote. */
  readonly isNoteworthy: boolean;
}

/**
 * Makes the report of a region result. `check` and `audit` jobs belong to no minute: a bug of the caller.
 *
 * A look or an immediate probe never counts as a slot: it covers one minute, and names the minute's last slot only
 * when one falls into it.
 */
export function reportOf(result: RegionResult): PackedReport {
  const { job, finding } = result;
  invariant(job.kind !== "check" && job.kind !== "audit", "only slot, look and now jobs report to a minute");
  const isSlot = job.kind === "slot";
  const isLastSlotInMinute = minuteOf(job.lastSlotOfMinuteAtMs) === job.minute;
  const namedLastSlotAtMs = isLastSlotInMinute ? job.lastSlotOfMinuteAtMs : null;
  const lastSlotAtMs = isSlot ? Math.max(job.slotAtMs, namedLastSlotAtMs ?? 0) : namedLastSlotAtMs;
  const findingJson = JSON.stringify(finding);
  const vote: Vote = {
    observedAtMs: finding.observedAtMs,
    digest: createHash("sha256").update(`${result.jobId}\n${findingJson}`).digest("hex").slice(0, 10),
    slotAtMs: job.slotAtMs,
    startedAtMs: finding.startedAtMs,
    state: finding.state,
    reason: finding.reason,
    latencyMs: finding.latencyMs === null ? null : Math.round(finding.latencyMs),
    changedFullHash: finding.fullHash === job.lastFullHash ? null : finding.fullHash,
  };
  return {
    kind: job.kind,
    region: job.region,
    minute: job.minute,
    vote,
    regionsAsked: job.regionsAsked,
    lastSlotAtMs,
    coversMinutes: isSlot ? job.coversMinutes : 1,
    sealDueAtMs: Math.max(lastSlotAtMs ?? 0, isSlot ? 0 : finding.startedAtMs) + SEAL_AFTER_MS,
    packedVote: packVote(vote),
    findingJson,
    isNoteworthy: isNoteworthy(vote, finding),
  };
}

/**
 * `up` and a well-formed login wall are the usual case and say everything by their vote; without this rule, walled
 * endpoints alone would fill Redis with the same finding every minute. The hourly listing of capabilities is told, because
 * the next finding does not repeat it.
 */
function isNoteworthy(vote: Vote, finding: ProbeFinding): boolean {
  const isUsual =
    (vote.state === "up" && vote.reason === null) ||
    (vote.state === "auth_walled" && (vote.reason === null || vote.reason === "auth_required"));
  const isHealed = finding.transientReason !== null;
  return !isUsual || isHealed || vote.changedFullHash !== null || hasListedCapabilities(finding);
}

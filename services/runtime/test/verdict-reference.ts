/** The steps of a verdict-minute's life, run through core alone: what the scripts in Redis are held against. */
import { type Confirming, formatConfirming } from "@alivemcp/core/now-fields";
import { packVote, type Vote } from "@alivemcp/core/packed-vote";
import type { RegionResult } from "@alivemcp/core/pipeline";
import type { CommittedState } from "@alivemcp/core/states";
import { type Freshness, judgeLook, type LookReason } from "@alivemcp/core/verdict-look";
import {
  advanceMinute,
  type MinuteOutcome,
  regionsAskedOf,
  sealMinute,
  type VerdictMinute,
  verdictOf,
} from "@alivemcp/core/verdict-minute";
import { reportOf } from "@alivemcp/core/verdict-report";
import { MINUTE, MINUTE_AT_MS } from "../../core/test/verdict-cases.ts";

export type Step =
  | { readonly kind: "report"; readonly result: RegionResult }
  | { readonly kind: "seal" }
  | { readonly kind: "router"; readonly committed: CommittedState; readonly isConfirming: boolean };

const CONFIRMING: Confirming = {
  confirmation: MINUTE_AT_MS,
  look1Minute: MINUTE,
  look2Minute: MINUTE + 1,
};
export const confirmingText = formatConfirming(CONFIRMING);

/** Steps happen one second apart. */
export const nowMsOfStep = (n: number) => MINUTE_AT_MS + (n + 1) * 1_000;

interface Run {
  minute: VerdictMinute | null;
  committed: CommittedState;
  confirming: Confirming | null;
  readonly answers: { outcome: MinuteOutcome; revision: number; look: LookReason | null }[];
  readonly entries: unknown[];
}

export function runThroughCore(steps: readonly Step[]): Run {
  const run: Run = { minute: null, committed: "unknown", confirming: null, answers: [], entries: [] };
  for (const [n, step] of steps.entries()) {
    switch (step.kind) {
      case "router":
        run.committed = step.committed;
        run.confirming = step.isConfirming ? CONFIRMING : null;
        break;
      case "seal":
        seal(run, nowMsOfStep(n));
        break;
      case "report":
        report(run, step.result, nowMsOfStep(n));
        break;
    }
  }
  return run;
}

function seal(run: Run, nowMs: number): void {
  if (run.minute !== null && run.minute.sealedAtMs === null) {
    run.minute = sealMinute(run.minute, nowMs);
    run.entries.push(toldOf(run.minute, "sealed"));
  }
}

function report(run: Run, result: RegionResult, nowMs: number): void {
  const report = reportOf(result);
  const stored = run.minute?.votes[report.region];
  const isLookOutstanding = run.confirming !== null;
  const { next, outcome } = advanceMinute(run.minute, report, { nowMs, isLookOutstanding });
  const look = judgeLook({
    kind: report.kind,
    state: report.vote.state,
    freshness: freshnessOf(report.vote, stored, next?.votes[report.region]),
    committed: run.committed,
    confirming: run.confirming,
  });
  run.minute = next;
  run.answers.push({ outcome, revision: next?.revision ?? 0, look });
  if (look !== null) {
    run.entries.push({ kind: "look", region: report.region, vote: report.vote, look: result.job.look });
  }
  if (next !== null && (outcome === "sealed" || outcome === "corrected")) {
    run.entries.push(toldOf(next, outcome));
  }
}

function freshnessOf(vote: Vote, stored: Vote | undefined, winner: Vote | undefined): Freshness {
  if (stored !== undefined && packVote(stored) === packVote(vote)) {
    return "repeated";
  }
  return winner !== undefined && packVote(winner) === packVote(vote) ? "newer" : "superseded";
}

/** What a stream entry of the minute says. */
function toldOf(minute: VerdictMinute, kind: MinuteOutcome) {
  const { state, reason, latencyMs } = verdictOf(minute);
  return {
    kind,
    state,
    reason,
    latencyMs,
    revision: minute.revision,
    coversMinutes: minute.coversMinutes,
    regionsAsked: regionsAskedOf(minute),
    votes: minute.votes,
  };
}

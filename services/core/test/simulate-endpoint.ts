/**
 * One endpoint's life on a virtual clock: slots by cadence, probes that take their time, verdict-minutes that seal, a
 * router that reads the stream 0.1 s later, sweeps every second and asks for looks. Pure: the same input gives the
 * same outcome. It joins the real rules of core (looks, minutes, state machine) the way the processes do.
 */
import { advanceEndpoint } from "../src/advance-endpoint.ts";
import { type EndpointState, nextWakeAtMs, unknownEndpoint } from "../src/endpoint-state.ts";
import type { DecisionReason, EndpointAction, EndpointDecision } from "../src/endpoint-state-decision.ts";
import type { EndpointEvent } from "../src/endpoint-state-event.ts";
import { type EndpointPolicy, STATE_RULES } from "../src/endpoint-state-rules.ts";
import { type Confirming, isLookOutstanding } from "../src/now-fields.ts";
import type { Vote } from "../src/packed-vote.ts";
import { lookJobId, MINUTE_MS, minuteOf, slotJobId } from "../src/pipeline.ts";
import type { CommittedState, FailureReason, ProbeState } from "../src/states.ts";
import { mergeVote } from "../src/verdict.ts";
import { type Freshness, judgeLook } from "../src/verdict-look.ts";
import { advanceMinute, sealMinute, type VerdictMinute, verdictOf } from "../src/verdict-minute.ts";
import { type Report, SEAL_AFTER_MS } from "../src/verdict-report.ts";
import { createAgenda } from "./agenda.ts";

/** What a probe that starts then, there, finds, and how long that takes it without any budget. */
export type World = (
  region: string,
  startMs: number,
) => { readonly state: ProbeState; readonly reason?: FailureReason; readonly tookMs: number };

export interface Simulation {
  readonly world: World;
  readonly untilMs: number;
  readonly cadenceMs?: number;
  readonly phaseMs?: number;
  readonly regions?: readonly string[];
  /** One region per slot, moving on with every slot: what an unclaimed endpoint gets. */
  readonly isUnclaimed?: boolean;
  readonly policy?: Partial<EndpointPolicy>;
  /** Regions that may vote at that time. */
  readonly eligibleAt?: (atMs: number) => readonly string[];
  /** The router reads nothing and sweeps nothing in [from, to). */
  readonly routerAway?: readonly [fromMs: number, toMs: number];
  readonly onDecision?: (told: Told) => void;
}

/** One call of the state machine. */
export interface Told {
  readonly before: EndpointState;
  readonly event: EndpointEvent;
  readonly nowMs: number;
  readonly policy: EndpointPolicy;
  readonly decision: EndpointDecision;
}

export interface SimulationOutcome {
  readonly state: EndpointState;
  readonly commits: readonly Extract<EndpointAction, { kind: "commit" }>[];
  readonly marks: readonly Extract<EndpointAction, { kind: "mark" }>[];
  readonly confirmations: number;
  readonly lookJobs: number;
  readonly reasons: readonly DecisionReason[];
}

interface SimulatedJob {
  readonly id: string;
  readonly region: string;
  readonly startMs: number;
  readonly slotAtMs: number;
  readonly minute: number;
  readonly asked: readonly string[];
  readonly look: { readonly confirmation: number; readonly n: 1 | 2 } | null;
}

const ENDPOINT_ID = "5f0c6a52-5d8c-4c8e-9f53-0d6f6b1d7a11";
const PROBE_BUDGET_MS = 30_000;
const STREAM_LAG_MS = 100;
const SWEEP_MS = 1_000;
export const FIVE_REGIONS = ["ap-southeast", "eu-west", "sa-east", "us-east", "us-west"];

export function simulateEndpoint(input: Simulation): SimulationOutcome {
  const { world, untilMs, cadenceMs = MINUTE_MS, phaseMs = 0, regions = FIVE_REGIONS } = input;
  const { at, runUntil } = createAgenda();

  let state = unknownEndpoint(0);
  let committed: CommittedState = "unknown";
  let confirming: Confirming | null = null;
  const minutes = new Map<number, VerdictMinute>();
  const running = new Map<string, Set<string>>();
  const knownJobs = new Set<string>();
  const commits: Extract<EndpointAction, { kind: "commit" }>[] = [];
  const marks: Extract<EndpointAction, { kind: "mark" }>[] = [];
  const reasons: DecisionReason[] = [];
  let [confirmations, lookJobs] = [0, 0];

  const policyAt = (atMs: number): EndpointPolicy => ({
    eligibleRegions: input.eligibleAt?.(atMs) ?? regions,
    confirmationPeriodMs: 30_000,
    isSlow: false,
    baselineLatencyMsP95: null,
    rules: STATE_RULES,
    ...input.policy,
  });
  const isAway = (atMs: number) =>
    input.routerAway !== undefined && atMs >= input.routerAway[0] && atMs < input.routerAway[1];
  const whenBack = (atMs: number) => (isAway(atMs) ? (input.routerAway?.[1] ?? atMs) : atMs);

  const decide = (event: EndpointEvent, atMs: number) => {
    const policy = policyAt(atMs);
    const decision = advanceEndpoint(state, event, atMs, policy);
    input.onDecision?.({ before: state, event, nowMs: atMs, policy, decision });
    state = decision.next;
    reasons.push(decision.reason);
    for (const action of decision.actions) {
      act(action, atMs);
    }
    committed = state.committed;
  };
  const act = (action: EndpointAction, atMs: number) => {
    switch (action.kind) {
      case "set-confirming":
        confirming = { ...action };
        break;
      case "clear-confirming":
        confirming = null;
        break;
      case "gather": {
        confirmations += 1;
        const inFlightRegions = [...(running.get(action.jobId) ?? [])];
        decide({ kind: "gathered", votes: minutes.get(action.minute)?.votes ?? {}, inFlightRegions }, atMs);
        break;
      }
      case "probe-now":
        for (const region of action.regions) {
          const id = lookJobId(ENDPOINT_ID, action.confirmation, action.n);
          if (!knownJobs.has(`${region} ${id}`)) {
            knownJobs.add(`${region} ${id}`);
            lookJobs += 1;
            at(Math.max(atMs, action.notBeforeMs) + 200, (startMs) =>
              probe({
                id,
                region,
                startMs,
                slotAtMs: action.notBeforeMs,
                minute: action.minute,
                asked: regions,
                look: action,
              }),
            );
          }
        }
        break;
      case "seal-minute": {
        const minute = minutes.get(action.minute);
        if (minute?.sealedAtMs === null) {
          seal(action.minute, atMs);
        }
        break;
      }
      case "commit":
        commits.push(action);
        break;
      case "mark":
        marks.push(action);
        break;
    }
  };

  const tell = (event: (writtenAtMs: number) => EndpointEvent, atMs: number) =>
    at(whenBack(atMs + STREAM_LAG_MS), (readAtMs) => decide(event(atMs), readAtMs));
  const tellMinute = (number: number, minute: VerdictMinute, atMs: number) => {
    const { state: said, reason, latencyMs } = verdictOf(minute);
    const { votes, revision } = minute;
    tell(
      (writtenAtMs) => ({
        kind: "minute",
        endpointId: ENDPOINT_ID,
        minute: number,
        revision,
        state: said,
        reason,
        latencyMs,
        votes,
        writtenAtMs,
      }),
      atMs,
    );
  };
  const seal = (number: number, atMs: number) => {
    const sealed = sealMinute(minutes.get(number) as VerdictMinute, atMs);
    minutes.set(number, sealed);
    tellMinute(number, sealed, atMs);
  };

  const probe = (job: SimulatedJob) => {
    const { region, startMs, look } = job;
    const found = world(region, startMs);
    const budgetMs = look === null ? PROBE_BUDGET_MS : 10_000;
    const isCut = found.tookMs > budgetMs;
    const siblings = running.get(job.id) ?? new Set();
    running.set(job.id, siblings.add(region));
    at(startMs + Math.min(found.tookMs, budgetMs), (observedAtMs) => {
      siblings.delete(region);
      const vote: Vote = {
        observedAtMs,
        digest: `${region}${job.id}`.slice(0, 10),
        slotAtMs: job.slotAtMs,
        startedAtMs: startMs,
        state: isCut ? "down" : found.state,
        reason: isCut ? "timeout" : (found.reason ?? null),
        latencyMs: found.tookMs,
        changedFullHash: null,
      };
      report(job, vote, observedAtMs);
    });
  };
  const report = (job: SimulatedJob, vote: Vote, atMs: number) => {
    const kind = job.look === null ? "slot" : "look";
    const held = minutes.get(job.minute) ?? null;
    if (
      judgeLook({
        kind,
        state: vote.state,
        freshness: freshnessOf(vote, held?.votes[job.region]),
        committed,
        confirming,
      })
    ) {
      const { region, minute, id: jobId, look } = job;
      tell((writtenAtMs) => ({ kind: "result", region, vote, minute, jobId, look, writtenAtMs }), atMs);
    }
    const isLookAwaited = isLookOutstanding(confirming, job.minute);
    const step = advanceMinute(held, reportOf(job, vote, cadenceMs), {
      nowMs: atMs,
      isLookOutstanding: isLookAwaited,
    });
    if (step.next !== null) {
      minutes.set(job.minute, step.next);
      if (step.outcome === "sealed" || step.outcome === "corrected") {
        tellMinute(job.minute, step.next, atMs);
      }
    }
  };

  for (let [slotAtMs, turn] = [phaseMs, 0]; slotAtMs < untilMs; slotAtMs += cadenceMs, turn += 1) {
    const asked = input.isUnclaimed ? [regions[turn % regions.length] as string] : regions;
    asked.forEach((region, i) => {
      at(slotAtMs + 20 * i, (startMs) => {
        const id = slotJobId(ENDPOINT_ID, slotAtMs);
        probe({ id, region, startMs, slotAtMs, minute: minuteOf(slotAtMs), asked, look: null });
      });
    });
  }
  for (let atMs = SWEEP_MS; atMs < untilMs; atMs += SWEEP_MS) {
    at(atMs, (nowMs) => {
      for (const [number, minute] of minutes) {
        if (minute.sealedAtMs === null && nowMs >= minute.sealDueAtMs) {
          seal(number, nowMs);
        }
      }
      const wakeAtMs = nextWakeAtMs(state, STATE_RULES);
      if (!isAway(nowMs) && wakeAtMs !== null && nowMs >= wakeAtMs) {
        decide({ kind: "deadline", progressMs: nowMs - STREAM_LAG_MS }, nowMs);
      }
    });
  }

  runUntil(untilMs);
  return { state, commits, marks, confirmations, lookJobs, reasons };
}

function freshnessOf(vote: Vote, held: Vote | undefined): Freshness {
  return held === undefined || mergeVote(held, vote) === vote ? "newer" : "superseded";
}

function reportOf(job: SimulatedJob, vote: Vote, cadenceMs: number): Report {
  const lastSlotAtMs = job.look === null ? lastSlotOf(job.slotAtMs, cadenceMs) : null;
  return {
    kind: job.look === null ? "slot" : "look",
    region: job.region,
    minute: job.minute,
    vote,
    regionsAsked: job.asked,
    lastSlotAtMs,
    coversMinutes: Math.max(1, cadenceMs / MINUTE_MS),
    sealDueAtMs: Math.max(lastSlotAtMs ?? 0, vote.startedAtMs) + SEAL_AFTER_MS,
  };
}

function lastSlotOf(slotAtMs: number, cadenceMs: number): number {
  const leftMs = MINUTE_MS - 1 - (slotAtMs % MINUTE_MS);
  return slotAtMs + leftMs - (leftMs % cadenceMs);
}

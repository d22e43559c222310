/** Tells the endpoint state machine a story, one event after the other, and keeps what it answered. */
import { advanceEndpoint } from "../src/advance-endpoint.ts";
import { type EndpointState, unknownEndpoint } from "../src/endpoint-state.ts";
import type { EndpointAction, EndpointDecision } from "../src/endpoint-state-decision.ts";
import type { EndpointEvent, MinuteEvent, ResultEvent } from "../src/endpoint-state-event.ts";
import { type EndpointPolicy, STATE_RULES } from "../src/endpoint-state-rules.ts";
import type { Vote } from "../src/packed-vote.ts";
import { lookJobId, MINUTE_MS, minuteOf, slotJobId } from "../src/pipeline.ts";
import type { CommittedState, FailureReason, ProbeState } from "../src/states.ts";

export const ENDPOINT_ID = "5f0c6a52-5d8c-4c8e-9f53-0d6f6b1d7a11";
/** A whole minute. */
export const T0 = Date.UTC(2026, 10, 21, 12, 0, 0);
export const SECOND_MS = 1_000;
export const REGIONS = ["eu-west", "us-east", "us-west"] as const;

export const policyOf = (policy: Partial<EndpointPolicy> = {}): EndpointPolicy => ({
  eligibleRegions: REGIONS,
  confirmationPeriodMs: 30_000,
  isSlow: false,
  baselineLatencyMsP95: null,
  rules: STATE_RULES,
  ...policy,
});

export interface VoteShape {
  readonly startedAtMs?: number;
  readonly tookMs?: number;
  readonly reason?: FailureReason;
}

export function voteOf(state: ProbeState, startedAtMs: number, shape: VoteShape = {}): Vote {
  const observedAtMs = startedAtMs + (shape.tookMs ?? 100);
  const reason = shape.reason ?? (state === "down" ? "connection_refused" : null);
  return {
    observedAtMs,
    digest: "00c0ffee00",
    slotAtMs: startedAtMs,
    startedAtMs,
    state,
    reason,
    latencyMs: 100,
    changedFullHash: null,
  };
}

/** A slot's result of a region, written as soon as it was observed. */
export function slotResult(
  region: string,
  state: ProbeState,
  startedAtMs: number,
  shape: VoteShape = {},
): ResultEvent {
  const vote = voteOf(state, startedAtMs, shape);
  return {
    kind: "result",
    region,
    vote,
    minute: minuteOf(startedAtMs),
    jobId: slotJobId(ENDPOINT_ID, startedAtMs - (startedAtMs % SECOND_MS)),
    look: null,
    writtenAtMs: vote.observedAtMs,
  };
}

export function lookResult(
  look: { readonly confirmation: number; readonly n: 1 | 2 },
  region: string,
  state: ProbeState,
  startedAtMs: number,
  shape: VoteShape = {},
): ResultEvent {
  const jobId = lookJobId(ENDPOINT_ID, look.confirmation, look.n);
  return { ...slotResult(region, state, startedAtMs, shape), jobId, look };
}

/** A verdict-minute: the state of each region's vote, started at the minute's first second, and the verdict over them. */
export function minuteEvent(
  minute: number,
  state: ProbeState,
  votes: Readonly<Record<string, ProbeState>>,
  extra: Partial<MinuteEvent> = {},
): MinuteEvent {
  const startedAtMs = minute * MINUTE_MS + SECOND_MS;
  return {
    kind: "minute",
    endpointId: ENDPOINT_ID,
    minute,
    revision: 1,
    state,
    reason: null,
    latencyMs: 100,
    votes: Object.fromEntries(
      Object.entries(votes).map(([region, said]) => [region, voteOf(said, startedAtMs)]),
    ),
    writtenAtMs: startedAtMs + 40 * SECOND_MS,
    ...extra,
  };
}

export interface Story {
  readonly state: () => EndpointState;
  /** Every action so far. */
  readonly actions: EndpointAction[];
  /** At `nowMs`, by default when the event was written (`deadline`: its progress). */
  tell(event: EndpointEvent, nowMs?: number): EndpointDecision;
  commits(): string[];
  marks(): string[];
}

export function storyOf(committed: CommittedState, policy: Partial<EndpointPolicy> = {}): Story {
  const started: EndpointState = { ...unknownEndpoint(T0 - 3_600_000), committed };
  return continueStory(started, policy);
}

export function continueStory(started: EndpointState, policy: Partial<EndpointPolicy> = {}): Story {
  let state = started;
  const actions: EndpointAction[] = [];
  return {
    state: () => state,
    actions,
    tell(event, nowMs = nowOf(event)) {
      const decision = advanceEndpoint(state, event, nowMs, policyOf(policy));
      state = decision.next;
      actions.push(...decision.actions);
      return decision;
    },
    commits: () =>
      actions.filter((action) => action.kind === "commit").map(({ from, to }) => `${from} to ${to}`),
    marks: () =>
      actions
        .filter((action) => action.kind === "mark")
        .map(({ isRaised, mark }) => `${isRaised ? "+" : "-"}${mark}`),
  };
}

function nowOf(event: EndpointEvent): number {
  switch (event.kind) {
    case "result":
    case "minute":
      return event.writtenAtMs;
    case "deadline":
      return event.progressMs;
    case "gathered":
    case "resume":
    case "looks-refused":
      return T0 + SECOND_MS;
  }
}

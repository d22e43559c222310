/**
 * What the alert router remembers of one endpoint. It lies in `endpoint_state.machine` as JSON: verdict-minutes are
 * packed there, because half an hour of them would otherwise be most of the row.
 */
import { z } from "zod";
import type { Confirmation } from "./confirmation.ts";
import { EMPTY_MINUTES, foldMinutes, type MinuteFacts, type MinuteMemory } from "./endpoint-state-minutes.ts";
import type { StateRules } from "./endpoint-state-rules.ts";
import {
  COMMITTED_STATES,
  type CommittedState,
  FAILURE_REASONS,
  type FailureReason,
  PROBE_STATES,
} from "./states.ts";

export interface RegionMemory {
  /** Start of the newest result seen; an older or equal one is a repetition. */
  readonly startedAtMs: number;
  /** Null until it said anything but `unknown`. */
  readonly isDown: boolean | null;
  /** Its disagreement was not confirmed: until then, or until it agrees once, it opens no confirmation. */
  readonly mutedUntilMs: number | null;
}

export interface EndpointState {
  readonly committed: CommittedState;
  /** Start of the committed state: of `down`, the first failing probe. */
  readonly sinceAtMs: number;
  /** Why it is `down`; null otherwise. */
  readonly downReason: FailureReason | null;
  /** What is said beside the committed state, sorted; see `EndpointMark`. */
  readonly marks: readonly string[];
  readonly regions: Readonly<Record<string, RegionMemory>>;
  readonly confirmation: Confirmation | null;
  /** Confirmation opened last; results that started no later open none. */
  readonly lastConfirmationMs: number | null;
  /** Openings within the last ten minutes. */
  readonly openedAtMs: readonly number[];
  /** Committed changes between up and down within the last half hour. */
  readonly changedAtMs: readonly number[];
  /** First disagreeing result of the trouble (or recovery) that is not decided yet: where its span would start. */
  readonly firstDisagreementMs: number | null;
  readonly memory: MinuteMemory;
}

/** Flags of `ENDPOINT_FLAGS`, and warnings: `error_rate_elevated`, `latency`, `regional:<region>`. */
export type EndpointMark =
  | "degraded"
  | "auth_walled"
  | "flapping"
  | "error_rate_elevated"
  | "latency"
  | `regional:${string}`;

/** An endpoint nothing is known of; `sinceAtMs` is when it was first watched or heard of. */
export function unknownEndpoint(sinceAtMs: number): EndpointState {
  return {
    committed: "unknown",
    sinceAtMs,
    downReason: null,
    marks: [],
    regions: {},
    confirmation: null,
    lastConfirmationMs: null,
    openedAtMs: [],
    changedAtMs: [],
    firstDisagreementMs: null,
    memory: EMPTY_MINUTES,
  };
}

/** The next instant at which the machine wants a `deadline` event; null when nothing is waiting for time to pass. */
export function nextWakeAtMs(state: EndpointState, rules: StateRules): number | null {
  const wakes: number[] = [];
  if (state.confirmation !== null) {
    const { look1, look2 } = state.confirmation;
    if (look1.outcome === null) {
      wakes.push(look1.closesAtMs);
    }
    if (!look2.isAsked) {
      wakes.push(look2.notBeforeMs);
    } else if (look2.outcome === null) {
      wakes.push(look2.closesAtMs);
    }
  }
  const flapEnd = state.marks.includes("flapping")
    ? state.changedAtMs.at(-rules.flappingChangesMin)
    : undefined;
  if (flapEnd !== undefined) {
    wakes.push(flapEnd + rules.flappingWindowMs);
  }
  return wakes.length === 0 ? null : Math.min(...wakes);
}

/** The reason shown beside the committed state: of `down`, else of the flag that is shown. */
export function shownReason(state: EndpointState, rules: StateRules): FailureReason | null {
  if (state.committed === "down") {
    return state.downReason;
  }
  const fold = foldMinutes(state.memory, rules);
  if (state.marks.includes("degraded")) {
    return fold.degradedReason;
  }
  return state.marks.includes("auth_walled") ? fold.walledReason : null;
}

const epochMs = z.int().nonnegative();
const reason = z.enum(FAILURE_REASONS).nullable();
const perRegion = <T extends z.ZodType>(value: T) => z.record(z.string().max(32), value);
const switchSchema = z.object({ isOn: z.boolean(), streak: z.int().nonnegative() });
const lookSchema = z.object({
  notBeforeMs: epochMs,
  closesAtMs: epochMs,
  minute: z.int().nonnegative(),
  votes: perRegion(
    z.object({
      side: z.enum(["down", "not-down"]).nullable(),
      reason,
      observedAtMs: epochMs,
      digest: z.string(),
    }),
  ),
  askedRegions: z.array(z.string()),
  inFlightRegions: z.array(z.string()),
  isAsked: z.boolean(),
  outcome: z.enum(["confirmed", "refuted", "inconclusive"]).nullable(),
});

const MACHINE_VERSION = 1;
const machineSchema = z.object({
  v: z.literal(MACHINE_VERSION),
  committed: z.enum(COMMITTED_STATES),
  sinceAtMs: epochMs,
  downReason: reason,
  marks: z.array(z.string()),
  regions: perRegion(
    z.object({ startedAtMs: epochMs, isDown: z.boolean().nullable(), mutedUntilMs: epochMs.nullable() }),
  ),
  confirmation: z
    .object({
      startMs: epochMs,
      target: z.enum(["up", "down"]),
      openedAtMs: epochMs,
      openedByRegion: z.string(),
      isOpenedByTimeout: z.boolean(),
      openedByJobId: z.string(),
      look1: lookSchema,
      look2: lookSchema,
    })
    .nullable(),
  lastConfirmationMs: epochMs.nullable(),
  openedAtMs: z.array(epochMs),
  changedAtMs: z.array(epochMs),
  firstDisagreementMs: epochMs.nullable(),
  memory: z.object({
    minutes: z.array(z.string().transform(unpackMinute)),
    base: z.object({
      degraded: switchSchema,
      walled: switchSchema.nullable(),
      slow: switchSchema,
      regional: perRegion(switchSchema),
      degradedReason: reason,
      walledReason: reason,
    }),
    closedThroughMinute: z.int(),
    isErrorRateElevated: z.boolean(),
  }),
});

/** JSON of the machine; `readEndpointState` gives back the same state. */
export function writeEndpointState(state: EndpointState): Record<string, unknown> {
  const memory = { ...state.memory, minutes: state.memory.minutes.map(packMinute) };
  return { v: MACHINE_VERSION, ...state, memory };
}

/**
 * Reads a stored machine. One that another release wrote, or that is broken, is begun anew from the committed state
 * alone: flags come back with the next minutes, an open confirmation with the next result.
 */
export function readEndpointState(stored: {
  readonly committed: CommittedState;
  readonly sinceAtMs: number;
  readonly reason: string | null;
  readonly machine: unknown;
}): EndpointState {
  const parsed = machineSchema.safeParse(stored.machine);
  if (parsed.success) {
    const { v: _, ...state } = parsed.data;
    return state;
  }
  const { committed, sinceAtMs } = stored;
  const downReason = FAILURE_REASONS.find((known) => committed === "down" && known === stored.reason) ?? null;
  return { ...unknownEndpoint(sinceAtMs), committed, downReason };
}

function packMinute(facts: MinuteFacts): string {
  const { minute, revision, state, answered, failed } = facts;
  const isSlow = facts.isSlow === null ? "" : Number(facts.isSlow);
  return [
    minute,
    revision,
    state,
    facts.reason ?? "",
    answered,
    failed,
    facts.aloneRegion ?? "",
    isSlow,
  ].join("|");
}

const packedMinute = /^(\d+)\|(\d+)\|(\w+)\|(\w*)\|(\d+)\|(\d+)\|([a-z0-9-]*)\|([01]?)$/;

function unpackMinute(packed: string, context: z.RefinementCtx): MinuteFacts {
  const fields = packedMinute.exec(packed);
  const state = PROBE_STATES.find((known) => known === fields?.[3]);
  if (!fields || !state) {
    context.addIssue("not a packed verdict-minute");
    return z.NEVER;
  }
  return {
    minute: Number(fields[1]),
    revision: Number(fields[2]),
    state,
    reason: FAILURE_REASONS.find((known) => known === fields[4]) ?? null,
    answered: Number(fields[5]),
    failed: Number(fields[6]),
    aloneRegion: fields[7] || null,
    isSlow: fields[8] ? fields[8] === "1" : null,
  };
}

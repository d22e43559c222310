/** Who is told next when nobody answers. */
import { z } from "zod";

const MINUTE_MS = 60_000;
const AFTER_MS_MAX = 24 * 60 * MINUTE_MS;
const STEPS_MAX = 10;
const STEP_SINKS_MAX = 20;

/**
 * Steps of a policy, later ones strictly later: a step leads to sinks and to nothing else, so that no policy can come
 * back to itself.
 */
export const escalationStepsSchema = z
  .array(
    z.strictObject({
      /** After the first page. */
      afterMs: z
        .int({ error: "Give whole minutes." })
        .min(0)
        .max(AFTER_MS_MAX, "A step comes at most 24 hours after the first page."),
      sinkIds: z
        .array(z.uuid({ error: "Choose sinks from the list." }))
        .min(1, "Choose at least one sink for each step.")
        .max(STEP_SINKS_MAX, `A step may have at most ${STEP_SINKS_MAX} sinks.`)
        .transform((ids): readonly string[] => [...new Set(ids)]),
    }),
  )
  .min(1, "A policy has at least one step.")
  .max(STEPS_MAX, `A policy may have at most ${STEPS_MAX} steps.`)
  .refine(([first]) => first === undefined || first.afterMs === 0, "The first step comes at once.")
  .refine(
    (steps) => steps.every(({ afterMs }, i) => i === 0 || afterMs > (steps[i - 1]?.afterMs ?? 0)),
    "Each step comes later than the one before.",
  )
  .readonly();
export type EscalationSteps = z.infer<typeof escalationStepsSchema>;

export interface EscalationPolicy {
  readonly id: string;
  readonly steps: EscalationSteps;
}

/** When the steps of a new policy come, unless its author says otherwise: at once, after 5 and after 15 minutes. */
export const DEFAULT_STEP_AFTER_MS: readonly number[] = [0, 5 * MINUTE_MS, 15 * MINUTE_MS];

export interface EscalationState {
  /** Null: the incident follows none. */
  readonly policy: EscalationPolicy | null;
  /** First page of the incident; null while nobody was told (mutes hold the clock back). */
  readonly pagedAtMs: number | null;
  readonly acknowledgedAtMs: number | null;
  readonly resolvedAtMs: number | null;
  readonly stepsDone: number;
  /** Of the tenant's plan. */
  readonly hasEscalationPolicies: boolean;
}

export type EscalationReason =
  | "no-policy"
  | "plan-without-escalation"
  | "nobody-told-yet"
  | "resolved"
  | "acknowledged"
  | "step-due"
  | "waiting"
  | "steps-done";

export interface EscalationDecision {
  /** Sinks of the steps that are due, each once. */
  readonly sinkIds: readonly string[];
  readonly stepsDone: number;
  /** When the next step is due; null when none will be. */
  readonly nextAtMs: number | null;
  readonly reason: EscalationReason;
}

/** The steps that are due; several at once when we were away. An acknowledgement or the end stops it. */
export function decideEscalation(state: EscalationState, nowMs: number): EscalationDecision {
  const { policy, pagedAtMs, stepsDone } = state;
  const stop = (reason: EscalationReason): EscalationDecision => ({
    sinkIds: [],
    stepsDone,
    nextAtMs: null,
    reason,
  });
  if (policy === null) {
    return stop("no-policy");
  }
  if (!state.hasEscalationPolicies) {
    return stop("plan-without-escalation");
  }
  if (state.resolvedAtMs !== null) {
    return stop("resolved");
  }
  if (state.acknowledgedAtMs !== null) {
    return stop("acknowledged");
  }
  if (pagedAtMs === null) {
    return stop("nobody-told-yet");
  }
  const left = policy.steps.slice(stepsDone);
  const due = left.filter(({ afterMs }) => pagedAtMs + afterMs <= nowMs);
  const next = left[due.length];
  const waits = next === undefined ? "steps-done" : "waiting";
  return {
    sinkIds: [...new Set(due.flatMap(({ sinkIds }) => sinkIds))],
    stepsDone: stepsDone + due.length,
    nextAtMs: next === undefined ? null : pagedAtMs + next.afterMs,
    reason: due.length > 0 ? "step-due" : waits,
  };
}

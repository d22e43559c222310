import {
  type EscalationPolicyInput,
  escalationPolicySchema,
} from "@alivemcp/actions/escalations/change-escalation-policy";
import { DEFAULT_STEP_AFTER_MS, escalationStepsSchema } from "@alivemcp/core/escalation";
import type { EscalationPolicyRow } from "@alivemcp/db/queries/escalation-policies";
import type { PostedLists } from "../forms/posted-lists.ts";
import type { FormReading } from "../forms/read-form.ts";

const MINUTE_MS = 60_000;
export const STEPS_MAX = 10;

export interface StepValues {
  /** As typed. */
  readonly afterMinutes: string;
  readonly sinkIds: readonly string[];
}

/** What a form of a policy shows, as it was typed. */
export interface PolicyValues {
  readonly name: string;
  readonly steps: readonly StepValues[];
}

const EMPTY_STEP: StepValues = { afterMinutes: "", sinkIds: [] };

/** Of a new policy: at once, after 5 minutes, after 15. */
export const FRESH_POLICY: PolicyValues = {
  name: "",
  steps: DEFAULT_STEP_AFTER_MS.map((afterMs) => ({ afterMinutes: String(afterMs / MINUTE_MS), sinkIds: [] })),
};

export function policyValues({ name, steps }: EscalationPolicyRow): PolicyValues {
  const parsed = escalationStepsSchema.safeParse(steps);
  const read = parsed.success ? parsed.data : [];
  return {
    name,
    steps: read.map(({ afterMs, sinkIds }) => ({ afterMinutes: String(afterMs / MINUTE_MS), sinkIds })),
  };
}

/** What was posted, with one more step when the person asked for it. */
export function postedPolicy(form: PostedLists): PolicyValues {
  const steps = Array.from({ length: STEPS_MAX }, (_, index) => index + 1)
    .filter((n) => form.one(`after-${n}`) !== "" || form.all(`sinks-${n}`).length > 0)
    .map((n) => ({ afterMinutes: form.one(`after-${n}`).trim(), sinkIds: form.all(`sinks-${n}`) }));
  const isAsked = form.one("step") === "add" && steps.length < STEPS_MAX;
  return { name: form.one("name"), steps: isAsked || steps.length === 0 ? [...steps, EMPTY_STEP] : steps };
}

/** The policy as verbs take it, or what is wrong with it beside the fields; a step without a sink is left out. */
export function readPolicy({ name, steps }: PolicyValues): FormReading<EscalationPolicyInput> {
  const filled = steps.filter(({ sinkIds }) => sinkIds.length > 0);
  const parsed = escalationPolicySchema.safeParse({
    name,
    steps: filled.map(({ afterMinutes, sinkIds }) => ({ afterMs: msOf(afterMinutes), sinkIds })),
  });
  if (parsed.success) {
    return { kind: "ok", values: parsed.data };
  }
  const problems: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    const [first = "form", index] = path;
    const step = typeof index === "number" ? filled[index] : undefined;
    const field = step === undefined ? String(first) : `after-${steps.indexOf(step) + 1}`;
    problems[field] ??=
      first === "steps" && filled.length === 0 ? "Choose a sink for at least one step." : message;
  }
  return { kind: "refused", problems };
}

/** Minutes as typed; what is no whole number is none, which the schema refuses. */
const msOf = (minutes: string): number =>
  /^\d{1,5}$/.test(minutes) ? Number(minutes) * MINUTE_MS : Number.NaN;

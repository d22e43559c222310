/** What a plan allows, asked in one place by every verb that adds something. */
import { PLAN_NAMES, PLANS, type Plan } from "./plans.ts";

interface Limit {
  readonly of: (plan: Plan) => number;
  /** Most limits are a number not to exceed; the cadence is one not to go below. */
  readonly bound: "at-most" | "at-least";
  /** What the plan allows, as the object of "The plan … allows …". */
  readonly words: (count: number) => string;
}

const LIMITS = {
  endpointsMax: {
    of: ({ endpointsMax }) => endpointsMax,
    bound: "at-most",
    words: (count) => counted(count, "endpoint", "in all, followed ones included"),
  },
  privateEndpointsMax: {
    of: ({ privateEndpointsMax }) => privateEndpointsMax,
    bound: "at-most",
    words: (count) => counted(count, "private endpoint"),
  },
  membersMax: {
    of: ({ membersMax }) => membersMax,
    bound: "at-most",
    words: (count) => counted(count, "member", "open invitations included"),
  },
  sinksMax: {
    of: ({ sinksMax }) => sinksMax,
    bound: "at-most",
    words: (count) => counted(count, "place where alerts go", undefined, "places where alerts go"),
  },
  cadenceSMin: {
    of: ({ cadenceSMin }) => cadenceSMin,
    bound: "at-least",
    words: (count) => `one probe every ${count} seconds at the most`,
  },
} as const satisfies Readonly<Record<string, Limit>>;

export type PlanLimitName = keyof typeof LIMITS;
export const PLAN_LIMIT_NAMES = Object.keys(LIMITS) as PlanLimitName[];

export type PlanLimitDecision =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "refused";
      readonly reason: PlanLimitName;
      /** The bound that was passed. */
      readonly limit: number;
      /** Whole sentences for the person: what the limit is and who can lift it. */
      readonly sentence: string;
    };

/**
 * Says whether the plan allows what there would be **after** the change: with 4 endpoints and one to add, `wanted` is
 * 5. For `cadenceSMin` it is the wanted cadence in seconds. What exceeds a plan already is not judged here: a change
 * that adds nothing does not ask.
 */
export function decidePlanLimit(plan: Plan, name: PlanLimitName, wanted: number): PlanLimitDecision {
  const limit: Limit = LIMITS[name];
  if (fits(limit, plan, wanted)) {
    return { kind: "allowed" };
  }
  const allowed = limit.of(plan);
  return {
    kind: "refused",
    reason: name,
    limit: allowed,
    sentence: `The plan ${plan.name} allows ${limit.words(allowed)}. ${whoCanLift((other) => fits(limit, other, wanted))}`,
  };
}

const FEATURES = {
  everySinkKind: {
    has: ({ sinkKinds }) => sinkKinds === "every",
    words: "alerts by e-mail only",
  },
  escalationPolicies: {
    has: ({ hasEscalationPolicies }) => hasEscalationPolicies,
    words: "no escalation policies",
  },
} as const satisfies Readonly<
  Record<string, { readonly has: (plan: Plan) => boolean; readonly words: string }>
>;

export type PlanFeature = keyof typeof FEATURES;

export type PlanFeatureDecision =
  | { readonly kind: "allowed" }
  | { readonly kind: "refused"; readonly reason: PlanFeature; readonly sentence: string };

/** Says whether the plan has what others have not; the sentence says who can lift it. */
export function decidePlanFeature(plan: Plan, feature: PlanFeature): PlanFeatureDecision {
  const { has, words } = FEATURES[feature];
  return has(plan)
    ? { kind: "allowed" }
    : {
        kind: "refused",
        reason: feature,
        sentence: `The plan ${plan.name} allows ${words}. ${whoCanLift(has)}`,
      };
}

const fits = (limit: Limit, plan: Plan, wanted: number): boolean =>
  limit.bound === "at-most" ? wanted <= limit.of(plan) : wanted >= limit.of(plan);

/** Names the smallest plan that would do. Who hosts AliveMCP has no prices, only operators who set the plan. */
function whoCanLift(isEnough: (plan: Plan) => boolean): string {
  const enough = PLAN_NAMES.map((name) => PLANS[name]).find(isEnough);
  return enough === undefined
    ? "No plan allows more; write to the operators of this installation."
    : `The owner of the workspace can choose the plan ${enough.name}; on a self-hosted installation its operators set the plan.`;
}

function counted(count: number, noun: string, more?: string, nouns = `${noun}s`): string {
  const words = `${count === 0 ? "no" : count} ${count === 1 ? noun : nouns}`;
  return more === undefined || count === 0 ? words : `${words} (${more})`;
}

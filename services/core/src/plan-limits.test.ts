import fc from "fast-check";
import { expect, test } from "vitest";
import { decidePlanFeature, decidePlanLimit, PLAN_LIMIT_NAMES, type PlanLimitName } from "./plan-limits.ts";
import { PLAN_NAMES, PLANS, type PlanName } from "./plans.ts";

interface Case {
  readonly name: string;
  readonly plan: PlanName;
  readonly limit: PlanLimitName;
  readonly wanted: number;
  /** Null: allowed. */
  readonly sentence: string | null;
}

const LIFT = (plan: PlanName) =>
  `The owner of the workspace can choose the plan ${plan}; on a self-hosted installation its operators set the plan.`;

const CASES: readonly Case[] = [
  { name: "the first endpoint of public", plan: "public", limit: "endpointsMax", wanted: 1, sentence: null },
  {
    name: "the second endpoint of public",
    plan: "public",
    limit: "endpointsMax",
    wanted: 2,
    sentence: `The plan public allows 1 endpoint (in all, followed ones included). ${LIFT("author")}`,
  },
  {
    name: "an import that only enterprise can hold",
    plan: "author",
    limit: "endpointsMax",
    wanted: 300,
    sentence: `The plan author allows 5 endpoints (in all, followed ones included). ${LIFT("enterprise")}`,
  },
  {
    name: "more than any plan allows",
    plan: "enterprise",
    limit: "endpointsMax",
    wanted: 501,
    sentence:
      "The plan enterprise allows 500 endpoints (in all, followed ones included). No plan allows more; write to the operators of this installation.",
  },
  {
    name: "a private endpoint on public",
    plan: "public",
    limit: "privateEndpointsMax",
    wanted: 1,
    sentence: `The plan public allows no private endpoints. ${LIFT("author")}`,
  },
  {
    name: "a second member on public",
    plan: "public",
    limit: "membersMax",
    wanted: 2,
    sentence: `The plan public allows 1 member (open invitations included). ${LIFT("team")}`,
  },
  { name: "the tenth member of team", plan: "team", limit: "membersMax", wanted: 10, sentence: null },
  {
    name: "a second place for alerts on public",
    plan: "public",
    limit: "sinksMax",
    wanted: 2,
    sentence: `The plan public allows 1 place where alerts go. ${LIFT("author")}`,
  },
  {
    name: "a sixth place for alerts on author",
    plan: "author",
    limit: "sinksMax",
    wanted: 6,
    sentence: `The plan author allows 5 places where alerts go. ${LIFT("team")}`,
  },
  { name: "a slower cadence", plan: "team", limit: "cadenceSMin", wanted: 300, sentence: null },
  { name: "the plan's own cadence", plan: "team", limit: "cadenceSMin", wanted: 60, sentence: null },
  {
    name: "a cadence for enterprise only",
    plan: "team",
    limit: "cadenceSMin",
    wanted: 30,
    sentence: `The plan team allows one probe every 60 seconds at the most. ${LIFT("enterprise")}`,
  },
  {
    name: "a cadence for nobody",
    plan: "enterprise",
    limit: "cadenceSMin",
    wanted: 15,
    sentence:
      "The plan enterprise allows one probe every 30 seconds at the most. No plan allows more; write to the operators of this installation.",
  },
];

test.each(CASES)("$name is answered with what the limit is and who can lift it", (row) => {
  const decision = decidePlanLimit(PLANS[row.plan], row.limit, row.wanted);
  expect(decision).toEqual(
    row.sentence === null
      ? { kind: "allowed" }
      : { kind: "refused", reason: row.limit, limit: PLANS[row.plan][row.limit], sentence: row.sentence },
  );
});

test("what a plan allows, every dearer plan allows too", () => {
  fc.assert(
    fc.property(fc.constantFrom(...PLAN_LIMIT_NAMES), fc.integer({ min: 0, max: 1_000 }), (limit, wanted) => {
      const kinds = PLAN_NAMES.map((plan) => decidePlanLimit(PLANS[plan], limit, wanted).kind);
      expect(kinds.lastIndexOf("refused")).toBeLessThan(
        kinds.includes("allowed") ? kinds.indexOf("allowed") : kinds.length,
      );
    }),
  );
});

test.each([
  ["everySinkKind", "public", `The plan public allows alerts by e-mail only. ${LIFT("author")}`],
  ["everySinkKind", "author", null],
  ["escalationPolicies", "author", `The plan author allows no escalation policies. ${LIFT("team")}`],
  ["escalationPolicies", "team", null],
] as const)("%s on %s is allowed, or refused with who can lift it", (feature, plan, sentence) => {
  expect(decidePlanFeature(PLANS[plan], feature)).toEqual(
    sentence === null ? { kind: "allowed" } : { kind: "refused", reason: feature, sentence },
  );
});

import { describe, expect, test } from "vitest";
import {
  type AlertScope,
  alertRuleInputSchema,
  alertScopeSchema,
  isInScope,
  matchRule,
  type RuleMissReason,
  readAlertRule,
} from "./alert-rule.ts";

const A = "aaaaaaaa-1111-4111-8111-111111111111";
const B = "bbbbbbbb-1111-4111-8111-111111111111";
const endpoint = { id: A, tags: ["prod", "eu"], group: "Weather" };
const some = (change: Partial<Extract<AlertScope, { kind: "some" }>>): AlertScope => ({
  kind: "some",
  endpointIds: [],
  tags: [],
  groups: [],
  ...change,
});
const hours = { timeZone: "UTC", ranges: [{ days: [1], from: "09:00", to: "17:00" }] };

const stored = {
  id: "r",
  position: 1,
  isEnabled: true,
  severities: ["P1", "P2"],
  scope: { kind: "all" },
  hours: null,
  sinkIds: [B],
  escalationPolicyId: null,
};

describe("a scope", () => {
  test.each<[name: string, scope: AlertScope, isIn: boolean]>([
    ["of all covers it", { kind: "all" }, true],
    ["covers an endpoint that is named", some({ endpointIds: [B, A] }), true],
    ["covers one with one of the tags", some({ tags: ["us", "eu"] }), true],
    ["covers one in one of the groups", some({ groups: ["Maps", "Weather"] }), true],
    ["covers one by any of the three", some({ endpointIds: [B], tags: ["us"], groups: ["Weather"] }), true],
    ["does not cover others", some({ endpointIds: [B], tags: ["us"], groups: ["Maps"] }), false],
  ])("%s", (_name, scope, isIn) => {
    expect(isInScope(scope, endpoint)).toBe(isIn);
  });

  test("of groups does not cover an endpoint without one", () => {
    expect(isInScope(some({ groups: ["Weather"] }), { ...endpoint, group: null })).toBe(false);
  });

  test.each<[name: string, scope: unknown]>([
    ["that matches nothing", { kind: "some", endpointIds: [], tags: [], groups: [] }],
    ["that names nothing", { kind: "some" }],
    ["of another kind", { kind: "none" }],
    ["of all but some", { kind: "all", tags: ["prod"] }],
    ["of an endpoint without an id", { kind: "some", endpointIds: ["weather"] }],
    ["of a tag that cannot be", { kind: "some", tags: ["<script>"] }],
    ["of a group with control characters", { kind: "some", groups: ["a\u0000b"] }],
    ["of too many endpoints", { kind: "some", endpointIds: Array.from({ length: 501 }, () => A) }],
    ["of too many tags", { kind: "some", tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }],
    ["of too many groups", { kind: "some", groups: Array.from({ length: 51 }, (_, i) => `g${i}`) }],
  ])("%s is refused", (_name, scope) => {
    expect(alertScopeSchema.safeParse(scope).success).toBe(false);
  });

  test("names everything once, tags in lower case as endpoints have them", () => {
    expect(
      alertScopeSchema.parse({
        kind: "some",
        tags: ["Prod", "prod"],
        endpointIds: [A, A],
        groups: ["W", "W"],
      }),
    ).toEqual(some({ tags: ["prod"], endpointIds: [A], groups: ["W"] }));
  });
});

describe("a rule", () => {
  test.each<
    [
      name: string,
      change: Partial<typeof stored> & { hours?: unknown },
      isWithin: boolean,
      expected: "matches" | RuleMissReason,
    ]
  >([
    ["matches by severity and scope", {}, false, "matches"],
    ["matches within its hours", { hours: hours as never }, true, "matches"],
    ["does not match outside its hours", { hours: hours as never }, false, "outside-hours"],
    ["does not match another severity", { severities: ["P2"] }, true, "severity-not-asked"],
    [
      "does not match another endpoint",
      { scope: some({ tags: ["us"] }) as never },
      true,
      "endpoint-not-in-scope",
    ],
    ["does not match when it is off", { isEnabled: false }, true, "rule-off"],
    [
      "says first that it is off",
      { isEnabled: false, severities: ["P2"], scope: some({ tags: ["us"] }) as never },
      true,
      "rule-off",
    ],
    [
      "says of another endpoint before another severity",
      { severities: ["P2"], scope: some({ tags: ["us"] }) as never },
      true,
      "endpoint-not-in-scope",
    ],
    [
      "says of another severity before its hours",
      { severities: ["P2"], hours: hours as never },
      false,
      "severity-not-asked",
    ],
  ])("%s", (_name, change, isWithin, expected) => {
    const rule = readAlertRule({ ...stored, ...change });
    expect(rule && matchRule(rule, { severity: "P1", endpoint }, () => isWithin)).toBe(expected);
  });

  test("is read as it was stored, each sink once", () => {
    expect(readAlertRule({ ...stored, hours, sinkIds: [B, B], severities: ["P2", "P1", "P2"] })).toEqual({
      ...stored,
      hours,
      sinkIds: [B],
      severities: ["P1", "P2"],
    });
  });

  test.each<[name: string, change: object]>([
    ["scope", { scope: { kind: "some" } }],
    ["hours", { hours: { timeZone: "Mars" } }],
    ["severity", { severities: ["P0"] }],
    ["severities", { severities: [] }],
  ])("that cannot be read for its %s is no rule", (_name, change) => {
    expect(readAlertRule({ ...stored, ...change })).toBeNull();
  });

  const body = { name: "Nights", severities: ["P1"], scope: { kind: "all" } };

  test("has defaults: on, always, no sinks, no policy", () => {
    expect(alertRuleInputSchema.parse(body)).toEqual({
      ...body,
      isEnabled: true,
      hours: null,
      sinkIds: [],
      escalationPolicyId: null,
    });
  });

  test.each<[name: string, change: object]>([
    ["a name", { name: " " }],
    ["a name in one line", { name: "a\nb" }],
    ["a severity", { severities: [] }],
    ["known fields", { sinks: [A] }],
    ["ids of sinks", { sinkIds: ["slack"] }],
    ["at most 50 sinks", { sinkIds: Array.from({ length: 51 }, () => A) }],
    ["the id of a policy", { escalationPolicyId: "p" }],
  ])("needs %s", (_name, change) => {
    expect(alertRuleInputSchema.safeParse({ ...body, ...change }).success).toBe(false);
  });
});

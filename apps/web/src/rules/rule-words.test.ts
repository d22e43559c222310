import { describe, expect, test } from "vitest";
import { dayWords, hoursWords } from "./hours-words.ts";
import { type RuleLine, ruleWords } from "./rule-words.ts";
import { scopeWords } from "./scope-words.ts";

const rule: Parameters<typeof ruleWords>[0] = {
  severities: ["P1", "P2"],
  scope: { kind: "some", names: [], tags: ["prod"], groups: [] },
  hours: {
    timeZone: "Europe/Berlin",
    ranges: [{ days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" }],
  },
  sinks: [{ id: "a", name: "#ops", isVerified: true }],
  policy: { id: "p", name: "Night" },
};

describe("a rule in one sentence", () => {
  test.each<readonly [string, Partial<RuleLine>, string]>([
    [
      "says severity, scope, hours, sinks and escalation",
      {},
      "P1 and P2 of endpoints tagged prod, Mon–Fri 08:00–18:00 Europe/Berlin → #ops, then escalation Night",
    ],
    [
      "that wants everything always",
      { severities: ["P1", "P2", "P3", "P4"], scope: { kind: "all" }, hours: null, policy: null },
      "Every severity of all endpoints, always → #ops",
    ],
    [
      "without sinks tells nobody",
      { severities: ["P1"], hours: null, sinks: [], policy: null },
      "P1 of endpoints tagged prod, always → nobody",
    ],
    [
      "with an escalation alone begins with it",
      { severities: ["P1"], hours: null, sinks: [] },
      "P1 of endpoints tagged prod, always → escalation Night",
    ],
  ])("%s", (_, changes, words) => {
    expect(ruleWords({ ...rule, ...changes })).toBe(words);
  });
});

test.each([
  [[1, 2, 3, 4, 5, 6, 7], "every day"],
  [[6, 7], "Sat and Sun"],
  [[1, 3, 5], "Mon, Wed and Fri"],
  [[1, 2, 3, 6], "Mon–Wed and Sat"],
])("days %j are written %s", (days, words) => {
  expect(dayWords(days)).toBe(words);
});

test("several ranges of hours share one zone", () => {
  const ranges = [
    { days: [1, 2], from: "22:00", to: "06:00" },
    { days: [7], from: "00:00", to: "00:00" },
  ];
  expect(hoursWords({ timeZone: "UTC", ranges })).toBe("Mon and Tue 22:00–06:00 and Sun all day UTC");
});

test.each([
  [{ kind: "some", names: ["A"], tags: [], groups: [] }, "A"],
  [{ kind: "some", names: ["A", "B", "C", "D", "E"], tags: [], groups: [] }, "A, B, C and 2 more"],
  [
    { kind: "some", names: ["A"], tags: ["eu", "prod"], groups: ["Shop"] },
    "A, endpoints tagged eu or prod and endpoints of group Shop",
  ],
  [{ kind: "some", names: [], tags: [], groups: [] }, "no endpoint (those it named are gone)"],
] as const)("scope %j is written %s", (scope, words) => {
  expect(scopeWords(scope)).toBe(words);
});

import { describe, expect, test } from "vitest";
import { alertOfDrift } from "./alert-of-drift.ts";
import type { DriftConcern } from "./drift-change.ts";

const change = (tool: string, isBreaking: boolean, concern: DriftConcern | null = null) => ({
  tool,
  isBreaking,
  concern,
});
const to = { tenantId: "t", endpointId: "e" };

describe("drift", () => {
  test.each<[name: string, changes: readonly ReturnType<typeof change>[], severity: string]>([
    ["that breaks a call is P3", [change("a", false), change("b", true)], "P3"],
    ["that breaks nothing is P4", [change("a", false)], "P4"],
    ["without changes is P4", [], "P4"],
    ["whose text tells agents what to do is P3", [change("a", false, "instructions")], "P3"],
    ["that admits to more harm is P3", [change("a", false, "safety")], "P3"],
  ])("%s", (_name, changes, severity) => {
    expect(alertOfDrift({ id: "d", atMs: 7, changes }, to).severity).toBe(severity);
  });

  test("is one alert per event, with its tools and concerns named once, sorted", () => {
    const changes = [
      change("b", true, "safety"),
      change("a", false, "instructions"),
      change("b", true, "instructions"),
    ];
    expect(alertOfDrift({ id: "d", atMs: 7, changes }, to)).toEqual({
      ...to,
      alertKey: "drift:d",
      dedupKey: "drift:d",
      event: "drift.detected",
      severity: "P3",
      atMs: 7,
      isTest: false,
      facts: {
        kind: "drift",
        driftEventId: "d",
        breaking: 2,
        other: 1,
        tools: ["a", "b"],
        concerns: ["instructions", "safety"],
      },
    });
  });
});

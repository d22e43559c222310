import { describe, expect, test } from "vitest";
import { toTransitionEntry } from "./to-transition-entry.ts";

const t0 = Date.UTC(2026, 10, 20, 12, 7, 0);
const cityOf = (region: string) => ({ "us-east": "Ashburn", "eu-west": "London" })[region] ?? region;

describe("transitions", () => {
  const base = { atMs: t0, from: "up", to: "down", reason: "down-confirmed", facts: {} };
  test.each([
    [
      "an outage names reason, regions and when it was decided",
      {
        ...base,
        facts: { failureReason: "timeout", regions: ["us-east", "eu-west"], decidedAtMs: t0 + 35_000 },
      },
      {
        change: "Up → Down",
        isOutage: true,
        why: "No answer in time; confirmed by two looks; seen from Ashburn, London; decided 35 s later",
      },
    ],
    [
      "a flag is told in words, not as up → up",
      {
        ...base,
        to: "up",
        reason: "degraded-raised",
        facts: { mark: "degraded", isRaised: true, failureReason: "latency" },
      },
      { change: "Degraded", isOutage: false, why: "Slow; trouble for 3 minutes in a row" },
    ],
    [
      "a regional warning names the city",
      { ...base, to: "up", reason: "regional-raised", facts: { mark: "regional:eu-west" } },
      { change: "Failing from one region", why: "Failed there alone for 3 minutes; seen from London" },
    ],
    [
      "a reason or a fact of a newer release breaks nothing",
      { ...base, reason: "toString", facts: { failureReason: "new_reason", regions: "all" } },
      { change: "Up → Down", why: "ToString" },
    ],
  ])("%s", (_name, transition, expected) => {
    expect(toTransitionEntry(transition, cityOf)).toMatchObject(expected);
  });
});

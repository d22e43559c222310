import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Vote } from "./packed-vote.ts";
import { FAILURE_REASONS, type FailureReason, PROBE_STATES, type ProbeState } from "./states.ts";
import { isMinuteComplete, judgeMinute, type MinuteProgress, mergeVote } from "./verdict.ts";

const REGIONS = ["us-east", "us-west", "eu-west", "ap-southeast", "sa-east"];

function vote(state: ProbeState, over: Partial<Vote> = {}): Vote {
  return {
    observedAtMs: 1_000,
    digest: "00000000aa",
    slotAtMs: 0,
    startedAtMs: 0,
    state,
    reason: null,
    latencyMs: null,
    changedFullHash: null,
    ...over,
  };
}

interface Case {
  readonly says: string;
  readonly asked: readonly string[];
  readonly votes: Readonly<Record<string, Vote>>;
  readonly state: ProbeState;
  readonly reason?: FailureReason;
  readonly latencyMs?: number;
  readonly regions?: readonly string[];
}

const refused = { reason: "connection_refused" } as const;
const walled = { reason: "auth_required" } as const;

const CASES: readonly Case[] = [
  {
    says: "a single asked region that is up makes the minute up",
    asked: ["us-east"],
    votes: { "us-east": vote("up", { latencyMs: 120 }) },
    state: "up",
    latencyMs: 120,
  },
  {
    says: "a single asked region can make a minute down",
    asked: ["us-east"],
    votes: { "us-east": vote("down", refused) },
    state: "down",
    reason: "connection_refused",
    regions: ["us-east"],
  },
  {
    says: "a missing region is not the endpoint's fault",
    asked: REGIONS,
    votes: { "us-east": vote("up"), "us-west": vote("up"), "eu-west": vote("up") },
    state: "up",
  },
  {
    says: "a lone down among several asked regions is degraded, even when the others are missing",
    asked: REGIONS,
    votes: { "eu-west": vote("down", refused) },
    state: "degraded",
    reason: "connection_refused",
    regions: ["eu-west"],
  },
  {
    says: "two regions down are a quorum",
    asked: REGIONS,
    votes: {
      "us-east": vote("up"),
      "eu-west": vote("down", { reason: "timeout" }),
      "sa-east": vote("down", refused),
      "us-west": vote("down", { reason: "timeout" }),
    },
    state: "down",
    reason: "timeout",
    regions: ["eu-west", "sa-east", "us-west"],
  },
  {
    says: "a region whose self-check failed does not vote",
    asked: ["us-east", "eu-west"],
    votes: {
      "us-east": vote("unknown", { reason: "probe_error", latencyMs: 9 }),
      "eu-west": vote("up", { latencyMs: 5 }),
    },
    state: "up",
    latencyMs: 5,
  },
  {
    says: "a region whose self-check failed does not shrink the quorum either",
    asked: ["us-east", "eu-west"],
    votes: { "us-east": vote("unknown", { reason: "probe_error" }), "eu-west": vote("down", refused) },
    state: "degraded",
    reason: "connection_refused",
    regions: ["eu-west"],
  },
  {
    says: "only failed self-checks are unknown, with our reason",
    asked: ["us-east", "eu-west"],
    votes: {
      "us-east": vote("unknown", { reason: "probe_error" }),
      "eu-west": vote("unknown", { reason: "probe_error" }),
    },
    state: "unknown",
    reason: "probe_error",
  },
  { says: "no vote at all is unknown", asked: REGIONS, votes: {}, state: "unknown" },
  {
    says: "down decides the reason over degraded, both regions are named",
    asked: REGIONS,
    votes: {
      "us-east": vote("degraded", { reason: "health_check_failed" }),
      "us-west": vote("degraded", { reason: "health_check_failed" }),
      "eu-west": vote("down", refused),
      "sa-east": vote("up"),
    },
    state: "degraded",
    reason: "connection_refused",
    regions: ["eu-west", "us-east", "us-west"],
  },
  {
    says: "one degraded region degrades the minute",
    asked: REGIONS,
    votes: { "us-east": vote("degraded", { reason: "latency" }), "us-west": vote("up") },
    state: "degraded",
    reason: "latency",
    regions: ["us-east"],
  },
  {
    says: "a login wall everywhere is a login wall",
    asked: ["us-east", "eu-west"],
    votes: { "us-east": vote("auth_walled", walled), "eu-west": vote("auth_walled", walled) },
    state: "auth_walled",
    reason: "auth_required",
    regions: ["eu-west", "us-east"],
  },
  {
    says: "up in one region and a login wall in another is degraded, the walled regions named",
    asked: ["us-east", "eu-west"],
    votes: { "us-east": vote("up"), "eu-west": vote("auth_walled", walled) },
    state: "degraded",
    reason: "auth_required",
    regions: ["eu-west"],
  },
  {
    says: "a login wall and a lone down are degraded for the down",
    asked: REGIONS,
    votes: { "us-east": vote("auth_walled", walled), "eu-west": vote("down", refused) },
    state: "degraded",
    reason: "connection_refused",
    regions: ["eu-west"],
  },
  {
    says: "equally frequent reasons give the alphabetically first",
    asked: REGIONS,
    votes: { "us-east": vote("down", { reason: "timeout" }), "eu-west": vote("down", refused) },
    state: "down",
    reason: "connection_refused",
    regions: ["eu-west", "us-east"],
  },
  {
    says: "the median of an even number of latencies is rounded down",
    asked: REGIONS,
    votes: {
      "us-east": vote("up", { latencyMs: 11 }),
      "us-west": vote("up", { latencyMs: 900 }),
      "eu-west": vote("up", { latencyMs: 14 }),
      "sa-east": vote("up", { latencyMs: 2 }),
    },
    state: "up",
    latencyMs: 12,
  },
];

describe("judgeMinute", () => {
  for (const { says, asked, votes, state, reason, latencyMs, regions } of CASES) {
    test(says, () => {
      expect(judgeMinute(votes, asked)).toEqual({
        state,
        reason: reason ?? null,
        latencyMs: latencyMs ?? null,
        regions: regions ?? [],
      });
    });
  }

  test("is down exactly when a quorum of the asked regions is", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PROBE_STATES), { maxLength: 5 }), (states) => {
        const votes = Object.fromEntries(states.map((state, n) => [REGIONS[n], vote(state)]));
        const downs = states.filter((state) => state === "down").length;
        expect(judgeMinute(votes, REGIONS).state === "down").toBe(downs >= 2);
        expect(judgeMinute(votes, ["us-east"]).state === "down").toBe(downs >= 1);
      }),
    );
  });
});

const anyVote: fc.Arbitrary<Vote> = fc
  .record({
    observedAtMs: fc.integer({ min: 0, max: 3 }),
    state: fc.constantFrom(...PROBE_STATES),
    reason: fc.constantFrom(null, ...FAILURE_REASONS),
  })
  .map(({ observedAtMs, state, reason }) =>
    vote(state, { observedAtMs, reason, digest: `${state}${reason ?? ""}` }),
  );

describe("mergeVote", () => {
  test("the later observation wins", () => {
    const early = vote("down", { observedAtMs: 1, digest: "ff" });
    const late = vote("up", { observedAtMs: 2, digest: "00" });
    expect(mergeVote(early, late)).toBe(late);
    expect(mergeVote(late, early)).toBe(late);
  });

  test("ties go to the larger digest", () => {
    const a = vote("down", { digest: "0a" });
    const b = vote("up", { digest: "0b" });
    expect(mergeVote(a, b)).toBe(b);
    expect(mergeVote(b, a)).toBe(b);
  });

  test("is commutative, associative and idempotent", () => {
    fc.assert(
      fc.property(anyVote, anyVote, anyVote, (a, b, c) => {
        expect(mergeVote(a, b)).toEqual(mergeVote(b, a));
        expect(mergeVote(mergeVote(a, b), c)).toEqual(mergeVote(a, mergeVote(b, c)));
        expect(mergeVote(a, a)).toEqual(a);
      }),
    );
  });
});

describe("isMinuteComplete", () => {
  const both = { "us-east": vote("up"), "eu-west": vote("up") };
  const slots: MinuteProgress = {
    votes: both,
    slotRegions: ["us-east", "eu-west"],
    extraRegions: [],
    lastSlotAtMs: 30_000,
    lastSlotRegions: ["us-east", "eu-west"],
  };
  const table: readonly [string, MinuteProgress, boolean, boolean][] = [
    ["every asked region reported the last slot", slots, false, true],
    ["a look for the minute is outstanding", slots, true, false],
    [
      "at a 30-s cadence one region reported only the first slot",
      { ...slots, lastSlotRegions: ["us-east"] },
      false,
      false,
    ],
    [
      "a look or an immediate probe voted, the region's slot did not report",
      { ...slots, lastSlotRegions: ["eu-west"] },
      false,
      false,
    ],
    ["the minute has a slot of which nothing is known yet", { ...slots, slotRegions: [] }, false, false],
    [
      "a look asked a region that never answered, but every slot is in",
      { ...slots, extraRegions: ["sa-east"] },
      false,
      true,
    ],
    [
      "no slot falls into the minute and every looked-at region answered",
      {
        ...slots,
        slotRegions: [],
        lastSlotRegions: [],
        lastSlotAtMs: null,
        extraRegions: ["us-east", "eu-west"],
      },
      false,
      true,
    ],
    [
      "no slot falls into the minute and one region has not answered",
      {
        ...slots,
        slotRegions: [],
        lastSlotRegions: [],
        lastSlotAtMs: null,
        extraRegions: ["us-east", "sa-east"],
      },
      false,
      false,
    ],
  ];
  for (const [says, minute, isOutstanding, isComplete] of table) {
    test(`is ${isComplete ? "" : "not "}complete when ${says}`, () => {
      expect(isMinuteComplete(minute, isOutstanding)).toBe(isComplete);
    });
  }
});

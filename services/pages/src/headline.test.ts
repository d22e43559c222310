import type { PublicStatus } from "@alivemcp/core/public-status";
import { describe, expect, test } from "vitest";
import { type HeadlineModel, headline } from "./headline.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const t0 = Date.UTC(2026, 10, 20, 12, 7, 0);
const cityOf = (region: string) => ({ "us-east": "Ashburn", "eu-west": "London" })[region] ?? region;

const live: PublicStatus = {
  state: "live",
  isAuthRequired: false,
  isFlapping: false,
  isStale: false,
  reason: null,
  basis: "committed",
};
const reading: HeadlineModel["reading"] = {
  endpoint: { isPaused: false },
  status: live,
  committedSinceMs: t0 - 2 * HOUR_MS,
  isConfirming: false,
  lastProbeAtMs: t0 - 30_000,
  lastDriftAtMs: null,
};
const region = (id: string, state: "up" | "down" | "degraded" | "unknown") => ({
  city: cityOf(id),
  vote: { state, reason: state === "down" ? "timeout" : null, latencyMs: 10, observedAtMs: t0 } as const,
});
const model = (
  change: Partial<HeadlineModel["reading"]> = {},
  more: Partial<HeadlineModel> = {},
): HeadlineModel => ({
  reading: { ...reading, ...change },
  regions: [region("us-east", "up"), region("eu-west", "up")],
  transitions: [],
  isArchiveAway: false,
  nowMs: t0,
  ...more,
});
const down: PublicStatus = { ...live, state: "down", reason: "timeout" };
const outage = (agoMs: number) => ({ atMs: t0 - agoMs, isOutage: true });

describe("the first screen", () => {
  const cases: [string, HeadlineModel, Partial<ReturnType<typeof headline>>][] = [
    [
      "working",
      model(),
      { sentence: "Working for 2 h.", where: null, lately: "Last 24 hours: no outage.", isRedFlag: false },
    ],
    [
      "a login wall",
      model({ status: { ...live, isAuthRequired: true } }),
      { sentence: "Reachable for 2 h. It asks for a login; what lies behind it is not measured." },
    ],
    [
      "degraded",
      model({ status: { ...live, state: "degraded", reason: "latency" } }),
      { sentence: "Working, with problems.", reason: "latency" },
    ],
    [
      "down for 14 minutes: no red flag",
      model({ status: down, committedSinceMs: t0 - 14 * 60_000 }),
      { sentence: "Down for 14 min.", isRedFlag: false },
    ],
    [
      "down for 15 minutes: red flag",
      model({ status: down, committedSinceMs: t0 - 15 * 60_000 }),
      { sentence: "Down for 15 min.", isRedFlag: true },
    ],
    [
      "one bad look is not called an outage",
      model({ status: { ...down, basis: "latest-minute" } }),
      { sentence: "The latest probe failed; it has not been confirmed yet.", isRedFlag: false },
    ],
    [
      "never measured",
      model({ status: { ...live, state: "unknown", basis: "never-probed" }, lastProbeAtMs: null }),
      { sentence: "We do not know yet: it has not been measured.", where: null },
    ],
    [
      "too old",
      model({ status: { ...live, state: "unknown", basis: "too-old" }, lastProbeAtMs: t0 - 3 * DAY_MS }),
      { sentence: "We do not know: the last probe was 3 d ago." },
    ],
    [
      "stale",
      model({ status: { ...live, isStale: true }, lastProbeAtMs: t0 - 600_000 }),
      { sentence: "Working for 2 h. This is the last known state: the last probe was 10 min ago." },
    ],
    [
      "archived",
      model({ status: { ...live, isStale: true }, lastProbeAtMs: null }),
      { sentence: "Working for 2 h. This is the last archived state: live measurements are not at hand." },
    ],
    [
      "paused",
      model({ endpoint: { isPaused: true } }),
      { sentence: "Paused: it is not probed at the moment." },
    ],
    [
      "failing from one region",
      model({}, { regions: [region("us-east", "down"), region("eu-west", "up")] }),
      { where: "Failing from Ashburn (no answer in time)." },
    ],
    [
      "a failure that is still being confirmed is told as such",
      model({ isConfirming: true }, { regions: [region("us-east", "down"), region("eu-west", "up")] }),
      {
        sentence: "Working for 2 h.",
        where:
          "Not confirmed yet: the latest probe failed from Ashburn (no answer in time). The regions are looking again right now.",
      },
    ],
    [
      "failing everywhere",
      model({ status: down }, { regions: [region("us-east", "down"), region("eu-west", "down")] }),
      { where: "Failing from every region: Ashburn (no answer in time), London (no answer in time)." },
    ],
    [
      "a region of ours that saw nothing is not counted",
      model({}, { regions: [region("us-east", "unknown"), region("eu-west", "down")] }),
      { where: "Failing from London (no answer in time)." },
    ],
    [
      "outages of the last day",
      model({}, { transitions: [outage(HOUR_MS), outage(2 * HOUR_MS), outage(2 * DAY_MS)] }),
      { lately: "Last 24 hours: 2 outages." },
    ],
    [
      "tools that changed",
      model({ lastDriftAtMs: t0 - HOUR_MS }),
      { lately: "Last 24 hours: no outage. Its tools changed." },
    ],
    [
      "an archive that is away is not an empty one",
      model({}, { isArchiveAway: true }),
      { lately: "The history is not at hand at the moment." },
    ],
  ];
  test.each(cases)("%s", (_name, input, expected) => {
    expect(headline(input)).toMatchObject(expected);
  });
});

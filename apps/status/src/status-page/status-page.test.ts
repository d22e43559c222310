/** The pure parts of a status page: what its rows become, and what its first screen says. */
import { NO_WINDOWS } from "@alivemcp/core/endpoint-windows";
import type { PublicStatus } from "@alivemcp/core/public-status";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EndpointReading } from "../endpoint-reading.ts";
import { dayBars } from "./day-bars.ts";
import { headline } from "./headline.ts";
import { latencyChart } from "./latency-chart.ts";
import type { RegionCell, StatusModel } from "./status-model.ts";
import { toDayBars } from "./to-day-bars.ts";
import { toDriftEntry } from "./to-drift-entry.ts";
import { toLatencyBuckets } from "./to-latency-buckets.ts";
import { toTransitionEntry } from "./to-transition-entry.ts";

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
const reading: EndpointReading = {
  endpoint: {
    slug: "acme",
    name: "Acme",
    url: "https://a.example/mcp",
    visibility: "public",
    standing: "added",
    transport: "auto",
    regions: ["us-east", "eu-west"],
    cadenceMs: 60_000,
    watchedSinceMs: t0 - 10 * DAY_MS,
    isPaused: false,
    measured: null,
  },
  sortName: "acme",
  searchText: "acme",
  status: live,
  committedSinceMs: t0 - 2 * HOUR_MS,
  latest: null,
  isConfirming: false,
  lastProbeAtMs: t0 - 30_000,
  lastDriftAtMs: null,
  windows: NO_WINDOWS,
};
const region = (id: string, state: "up" | "down" | "degraded" | "unknown"): RegionCell => ({
  id,
  city: cityOf(id),
  isWatching: true,
  vote: { state, reason: state === "down" ? "timeout" : null, latencyMs: 10, observedAtMs: t0 },
  finding: null,
});
const model = (change: Partial<EndpointReading> = {}, more: Partial<StatusModel> = {}): StatusModel => ({
  reading: { ...reading, ...change },
  regions: [region("us-east", "up"), region("eu-west", "up")],
  measured: null,
  days: [],
  latency: [],
  driftEvents: [],
  transitions: [],
  isArchiveAway: false,
  nowMs: t0,
  ...more,
});
const down: PublicStatus = { ...live, state: "down", reason: "timeout" };
const outage = (agoMs: number) => ({ atMs: t0 - agoMs, change: "Up → Down", isOutage: true, why: "" });

describe("the first screen", () => {
  const cases: [string, StatusModel, Partial<ReturnType<typeof headline>>][] = [
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
      model({ endpoint: { ...reading.endpoint, isPaused: true } }),
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

describe("day bars", () => {
  const row = {
    day: "2026-11-20",
    upMinutes: 700,
    degradedMinutes: 20,
    downMinutes: 7,
    authWalledMinutes: 0,
    unknownMinutes: 13,
    maintenanceMinutes: 5,
  };

  test("unknown and maintenance count neither way, degraded counts as up", () => {
    expect(toDayBars([row], 1, 0, t0)).toMatchObject([
      { kind: "measured", countedMinutes: 727, uptimeRatio: 720 / 727, unknownMinutes: 13 },
    ]);
  });
  test("days before the first watched one are told from days without measurement", () => {
    const kinds = toDayBars([row], 4, t0 - 2 * DAY_MS, t0).map((day) => day.kind);
    expect(kinds).toEqual(["before", "unmeasured", "unmeasured", "measured"]);
  });
  test("a day of unknown minutes only is not measured, not 0 %", () => {
    const [day] = toDayBars([{ ...row, upMinutes: 0, degradedMinutes: 0, downMinutes: 0 }], 1, 0, t0);
    expect(day?.kind).toBe("unmeasured");
  });
  test("one bad minute is visible, and no bar leaves its frame", () => {
    fc.assert(
      fc.property(fc.nat(1_440), fc.nat(1_440), fc.nat(1_440), (upMinutes, degradedMinutes, downMinutes) => {
        const days = toDayBars([{ ...row, upMinutes, degradedMinutes, downMinutes }], 1, 0, t0);
        const svg = String(dayBars(days));
        for (const [, y, height] of svg.matchAll(/y="([\d.-]+)" width="8" height="([\d.-]+)"/g)) {
          expect(Number(y)).toBeGreaterThanOrEqual(0);
          expect(Number(y) + Number(height)).toBeLessThanOrEqual(40.01);
        }
        expect(svg.includes("bar-down")).toBe(downMinutes > 0);
      }),
    );
  });
});

describe("response times", () => {
  const minute = (agoMs: number, latencyMs: number | null) =>
    ({ minuteAtMs: t0 - agoMs, state: "up", reason: null, latencyMs, coversMinutes: 1 }) as const;

  test("a bucket holds the median and the slowest of its minutes; the last one is the present quarter of an hour", () => {
    const buckets = toLatencyBuckets(
      [minute(0, 100), minute(60_000, 300), minute(120_000, 110), minute(180_000, null)],
      [],
      t0,
    );
    expect(buckets).toHaveLength(96);
    expect(buckets.at(-1)).toMatchObject({
      fromMs: Date.UTC(2026, 10, 20, 12, 0, 0),
      medianMs: 110,
      slowestMs: 300,
    });
    expect(buckets.at(-2)).toMatchObject({ medianMs: null, slowestMs: null });
  });
  test("an outage marks the quarters it reaches into, to now while it lasts", () => {
    const downs = (fromMs: number, toMs: number | null) =>
      toLatencyBuckets([], [{ state: "down", fromMs, toMs }], t0).filter((bucket) => bucket.isDown).length;
    expect(downs(t0 - 30 * 60_000, t0 - 20 * 60_000)).toBe(2);
    expect(downs(t0 - 30 * 60_000, null)).toBe(3);
    expect(downs(t0 - 3 * DAY_MS, t0 - 2 * DAY_MS)).toBe(0);
  });
  test("a gap in the measurement is a gap in the line, and the picture says in words what it shows", () => {
    const chart = String(latencyChart(toLatencyBuckets([minute(0, 120), minute(6 * HOUR_MS, 80)], [], t0)));
    expect(chart.match(/class="median"/g)).toHaveLength(2);
    expect(chart).toContain("between 80 ms and 120 ms in the median, slowest 120 ms around 12:00 UTC");
    expect(chart).not.toContain("NaN");
    expect(String(latencyChart(toLatencyBuckets([], [], t0)))).toContain(
      "No response time has been measured",
    );
  });
});

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

describe("drift", () => {
  const event = {
    region: null,
    atMs: t0,
    kind: "drift",
    isBreaking: true,
    isSuspicious: false,
    isAccepted: false,
    changes: [],
  } as const;
  const change = (kind: string, driftClass: string) => ({
    kind,
    class: driftClass,
    tool: "search\u202E",
    path: "/a",
    before: "x",
    after: "y",
  });

  test("breaking changes come first, texts before and after stay inside", () => {
    const entry = toDriftEntry(
      { ...event, changes: [change("tool_added", "compatible"), change("param_removed", "breaking")] },
      cityOf,
    );
    expect(entry.changes).toEqual([
      { kind: "param_removed", class: "breaking", tool: "search", path: "/a" },
      { kind: "tool_added", class: "compatible", tool: "search", path: "/a" },
    ]);
  });
  test("what is not shown is counted: beyond 25, or of a kind this release does not know", () => {
    const entry = toDriftEntry(
      { ...event, changes: [...Array(30).fill(change("tool_added", "compatible")), { kind: "new" }] },
      cityOf,
    );
    expect([entry.changes.length, entry.moreChanges]).toEqual([25, 6]);
  });
});

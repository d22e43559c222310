import { expect, test } from "vitest";
import { FIVE_REGIONS, simulateEndpoint, type World } from "../test/simulate-endpoint.ts";
import { MINUTE_MS } from "./pipeline.ts";

const good = { state: "up", tookMs: 300 } as const;
const refused = { state: "down", reason: "connection_refused", tookMs: 50 } as const;
const hanging = { state: "down", reason: "timeout", tookMs: 300_000 } as const;

/** Down between two instants, as seen by every region or by some. */
const outage =
  (
    fromMs: number,
    toMs: number,
    bad: ReturnType<World> = refused,
    where: readonly string[] = FIVE_REGIONS,
  ): World =>
  (region, atMs) =>
    atMs >= fromMs && atMs < toMs && where.includes(region) ? bad : good;

const START_MS = 5 * MINUTE_MS + 17_000;

test.each([
  { name: "60-s cadence, refused", cadenceMs: 60_000, bad: refused, withinMs: 60_000 + 30_000 + 3_000 },
  { name: "30-s cadence, refused", cadenceMs: 30_000, bad: refused, withinMs: 30_000 + 30_000 + 3_000 },
  { name: "15-min cadence, refused", cadenceMs: 900_000, bad: refused, withinMs: 900_000 + 30_000 + 3_000 },
  {
    name: "60-s cadence, hanging",
    cadenceMs: 60_000,
    bad: hanging,
    withinMs: 60_000 + 30_000 + 10_000 + 3_000,
  },
])(
  "an outage is committed within a cadence, 30 s and the probe's time: $name",
  ({ cadenceMs, bad, withinMs }) => {
    for (let phaseMs = 0; phaseMs < Math.min(cadenceMs, MINUTE_MS); phaseMs += 7_000) {
      const { commits, state } = simulateEndpoint({
        world: outage(START_MS, Number.POSITIVE_INFINITY, bad),
        cadenceMs,
        phaseMs,
        untilMs: START_MS + withinMs + MINUTE_MS,
      });
      const [first, down, ...more] = commits;
      expect(first).toMatchObject({ from: "unknown", to: "up", reason: "first-result" });
      expect(down).toMatchObject({
        from: "up",
        to: "down",
        failureReason: bad.reason,
        regions: FIVE_REGIONS,
      });
      expect(more).toEqual([]);
      expect((down?.decidedAtMs ?? Number.NaN) - START_MS).toBeLessThanOrEqual(withinMs);
      expect(down?.sinceAtMs).toBeGreaterThanOrEqual(START_MS);
      expect(down?.sinceAtMs).toBeLessThan(START_MS + cadenceMs + 100);
      expect(state.committed).toBe("down");
    }
  },
);

test("the failures of an outage that is being confirmed raise nothing beside it, at whatever moment of the minute it begins", () => {
  for (let phaseMs = 0; phaseMs < MINUTE_MS; phaseMs += 7_000) {
    const { marks, state } = simulateEndpoint({
      world: outage(START_MS, Number.POSITIVE_INFINITY, hanging),
      phaseMs,
      untilMs: START_MS + 4 * MINUTE_MS,
    });
    expect(state.committed).toBe("down");
    expect(marks).toEqual([]);
  }
});

test.each([1_000, 10_000, 25_000])("a blip of %i ms is never committed, wherever it falls", (lengthMs) => {
  for (let offsetMs = 0; offsetMs < MINUTE_MS; offsetMs += 1_700) {
    const fromMs = START_MS + offsetMs;
    const { commits } = simulateEndpoint({
      world: outage(fromMs, fromMs + lengthMs),
      untilMs: START_MS + 4 * MINUTE_MS,
    });
    expect(commits.map(({ to }) => to)).toEqual(["up"]);
  }
});

test("a blip between looks is asked about at most twice per region", () => {
  const { lookJobs, confirmations } = simulateEndpoint({
    world: outage(5 * MINUTE_MS - 1, 5 * MINUTE_MS + 25_000),
    untilMs: 9 * MINUTE_MS,
  });
  expect(confirmations).toBe(1);
  expect(lookJobs).toBeLessThanOrEqual(2 * FIVE_REGIONS.length);
});

test("recovery is committed after two good looks, from the first good probe", () => {
  const { commits } = simulateEndpoint({
    world: outage(START_MS, START_MS + 5 * MINUTE_MS),
    untilMs: 15 * MINUTE_MS,
  });
  expect(commits.map(({ to }) => to)).toEqual(["up", "down", "up"]);
  const back = commits[2];
  expect(back).toMatchObject({ reason: "recovery-confirmed", failureReason: null });
  expect(back?.sinceAtMs).toBe(11 * MINUTE_MS);
  expect((back?.decidedAtMs ?? 0) - 11 * MINUTE_MS).toBeLessThanOrEqual(33_000);
});

test("one region that fails alone for an hour is a warning, never an outage, and asks for few looks", () => {
  const { commits, marks, confirmations } = simulateEndpoint({
    world: outage(START_MS, START_MS + 60 * MINUTE_MS, refused, ["eu-west"]),
    untilMs: 70 * MINUTE_MS,
  });
  expect(commits.map(({ to }) => to)).toEqual(["up"]);
  expect(confirmations).toBeLessThanOrEqual(7);
  const told = marks.map(({ mark, isRaised }) => `${isRaised ? "+" : "-"}${mark}`);
  expect(told).toEqual([
    "+degraded",
    "+regional:eu-west",
    "+error_rate_elevated",
    "-degraded",
    "-regional:eu-west",
  ]);
});

test("an unclaimed endpoint, probed by one region a minute, is confirmed by all of them", () => {
  const { commits } = simulateEndpoint({
    world: outage(START_MS, START_MS + 10 * MINUTE_MS),
    isUnclaimed: true,
    untilMs: 25 * MINUTE_MS,
  });
  expect(commits.map(({ to }) => to)).toEqual(["up", "down", "up"]);
  expect(commits[1]?.regions).toEqual(FIVE_REGIONS);
  expect((commits[1]?.decidedAtMs ?? 0) - START_MS).toBeLessThanOrEqual(93_000);
});

test("an endpoint with a single region is confirmed by it alone", () => {
  const { commits } = simulateEndpoint({
    world: outage(START_MS, START_MS + 5 * MINUTE_MS),
    regions: ["us-east"],
    untilMs: 15 * MINUTE_MS,
  });
  expect(commits.map(({ to }) => to)).toEqual(["up", "down", "up"]);
});

test("a region that is away or failed its self-check neither helps nor hinders", () => {
  const { commits } = simulateEndpoint({
    world: (region, atMs) =>
      region === "eu-west"
        ? { state: "unknown", reason: "probe_error", tookMs: 10 }
        : outage(START_MS, 1e12)(region, atMs),
    eligibleAt: () => FIVE_REGIONS.filter((region) => region !== "eu-west"),
    untilMs: 8 * MINUTE_MS,
  });
  expect(commits.map(({ to }) => to)).toEqual(["up", "down"]);
  expect(commits[1]?.regions).not.toContain("eu-west");
});

test.each([5, 20, 45, 80].map((lengthS) => ({ lengthS })))(
  "a router that is away for $lengthS s at any moment of an outage still commits it, once and from its first failure",
  ({ lengthS }) => {
    for (let offsetMs = 0; offsetMs < 100_000; offsetMs += 4_300) {
      const fromMs = START_MS + offsetMs;
      const { commits } = simulateEndpoint({
        world: outage(START_MS, 1e12),
        routerAway: [fromMs, fromMs + lengthS * 1_000],
        untilMs: START_MS + 6 * MINUTE_MS,
      });
      expect(commits.map(({ to }) => to)).toEqual(["up", "down"]);
      expect(commits[1]?.sinceAtMs).toBe(6 * MINUTE_MS);
      expect(commits[1]?.decidedAtMs).toBeLessThanOrEqual(START_MS + 95_000 + lengthS * 1_000 + MINUTE_MS);
    }
  },
);

test("an outage that came and went while the router was away pages nobody", () => {
  const { commits, confirmations } = simulateEndpoint({
    world: outage(START_MS, START_MS + 5 * MINUTE_MS),
    routerAway: [START_MS, START_MS + 12 * MINUTE_MS],
    untilMs: 25 * MINUTE_MS,
  });
  expect(commits.map(({ to }) => to)).toEqual(["up"]);
  expect(confirmations).toBe(0);
});

test("an endpoint that is up and down every two minutes flaps: one mark, not many", () => {
  const { commits, marks } = simulateEndpoint({
    world: (_, atMs) => (Math.floor(atMs / (2 * MINUTE_MS)) % 2 === 1 ? refused : good),
    phaseMs: 1_000,
    untilMs: 40 * MINUTE_MS,
  });
  expect(commits.length).toBeGreaterThan(4);
  const flaps = marks.filter(({ mark }) => mark === "flapping");
  expect(flaps.map(({ reason }) => reason)).toEqual(["flapping-raised"]);
});

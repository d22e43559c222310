import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpointPlan } from "../test/endpoint-plan.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { expectationsOf } from "./expectations-of.ts";
import { MINUTE_MS, minuteOf, NO_EXPECTATIONS } from "./pipeline.ts";
import { timingOf } from "./timetable.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const HOUR_MS = 60 * MINUTE_MS;
const REGIONS = ["us-east", "eu-west", "sa-east"];
const asked = { region: "us-east", regionsAsked: REGIONS };
const healthUrl = (everyMinutes: number) => ({
  url: `https://example.com/${everyMinutes}`,
  everyMinutes,
  isStatusChecked: true,
});

/** Every slot of an endpoint in a stretch of time, oldest first. */
function slotsOf(plan: EndpointPlan, fromMs: number, toMs: number): number[] {
  const { cadenceMs, phaseMs } = timingOf(plan, fromMs);
  const first = Math.ceil((fromMs - phaseMs) / cadenceMs) * cadenceMs + phaseMs;
  return Array.from({ length: Math.ceil((toMs - first) / cadenceMs) }, (_, n) => first + n * cadenceMs);
}
const slotExpectations = (plan: EndpointPlan, slotAtMs: number, region = "us-east") =>
  expectationsOf(plan, { ...asked, region }, { kind: "slot", slotAtMs, cadenceMs: plan.cadenceS * 1_000 });

test("names and the latency that is too slow go into every job", () => {
  const plan = endpointPlan({ expectedTools: ["add", "echo"], latencyDegradedMs: 800 });
  for (const occasion of [
    { kind: "slot", slotAtMs: t0, cadenceMs: 60_000 },
    { kind: "now" },
    { kind: "look" },
  ] as const) {
    expect(expectationsOf(plan, asked, occasion)).toMatchObject({
      tools: ["add", "echo"],
      latencyDegradedMs: 800,
    });
  }
});

test("nothing is expected of an endpoint that nobody claimed", () => {
  const plan = endpointPlan({
    isUnclaimed: true,
    expectedTools: ["add"],
    latencyDegradedMs: 500,
    healthUrls: [healthUrl(1)],
  });
  expect(expectationsOf(plan, asked, { kind: "now" })).toEqual(NO_EXPECTATIONS);
});

describe("health URLs", () => {
  const plan = endpointPlan({ healthUrls: [healthUrl(1), healthUrl(5)] });
  /** Which URLs which regions ask in a slot: `us-east:1,2`. */
  const asking = (of: EndpointPlan, slotAtMs: number) =>
    REGIONS.flatMap((region) => {
      const positions = slotExpectations(of, slotAtMs, region).healthUrls.map(({ position }) => position);
      return positions.length === 0 ? [] : [`${region}:${positions.join()}`];
    });

  test("are asked at the pace each was given, by the regions in turn", () => {
    const slots = slotsOf(plan, t0, t0 + HOUR_MS).map((slotAtMs) => asking(plan, slotAtMs));
    const all = slots.flat();
    const first = all.filter((one) => one.split(":")[1]?.includes("1"));
    const second = all.filter((one) => one.split(":")[1]?.includes("2"));
    expect([first.length, second.length]).toEqual([60, 12]);
    for (const region of REGIONS) {
      expect(first.filter((one) => one.startsWith(region))).toHaveLength(20);
      expect(second.filter((one) => one.startsWith(region))).toHaveLength(4);
    }
  });

  test("carry what their owner wants of them, and their place in the list", () => {
    const ignoring = endpointPlan({ healthUrls: [{ ...healthUrl(1), isStatusChecked: false }] });
    expect(expectationsOf(ignoring, asked, { kind: "now" }).healthUrls).toEqual([
      { position: 1, url: "https://example.com/1", isStatusChecked: false },
    ]);
  });

  test("are all asked by every region with every probe for ten minutes after one failed: minutes in a row tell", () => {
    const failed = { ...plan, healthUrlFailedAtMs: t0 };
    const slots = slotsOf(failed, t0, t0 + HOUR_MS);
    const closely = slots.filter(
      (slotAtMs) => asking(failed, slotAtMs).join() === REGIONS.map((r) => `${r}:1,2`).join(),
    );
    expect(closely).toEqual(slots.filter((slotAtMs) => slotAtMs < t0 + 10 * MINUTE_MS));
    expect(closely).toHaveLength(10);
  });

  test("are watched so in the last slot of each minute where there are several", () => {
    const failed = { ...plan, cadenceS: 30, healthUrlFailedAtMs: t0 };
    const slots = slotsOf(failed, t0, t0 + 5 * MINUTE_MS);
    const closely = slots.filter((slotAtMs) => asking(failed, slotAtMs).length > 0);
    expect(closely.map(minuteOf)).toEqual([0, 1, 2, 3, 4].map((n) => minuteOf(t0) + n));
    expect(closely.every((slotAtMs) => minuteOf(slotAtMs + 30_000) > minuteOf(slotAtMs))).toBe(true);
  });

  test("are all asked when somebody wants a probe now, not by looks of a confirmation", () => {
    expect(expectationsOf(plan, asked, { kind: "now" }).healthUrls).toHaveLength(2);
    expect(expectationsOf(plan, asked, { kind: "look" }).healthUrls).toEqual([]);
  });

  test("are asked once in every period that has a slot, in a last slot of its minute, whatever cadence and id", () => {
    const cadences = [30, 45, 60, 90, 100, 120, 300, 320, 900];
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.constantFrom(...cadences),
        fc.integer({ min: 1, max: 5 }),
        (id, cadenceS, every) => {
          const one = endpointPlan({ id, cadenceS, healthUrls: [healthUrl(every)] });
          const slots = slotsOf(one, t0, t0 + HOUR_MS);
          const due = slots.flatMap((slotAtMs) => asking(one, slotAtMs).map(() => slotAtMs));
          expect(new Set(due.map(minuteOf)).size).toBe(due.length);
          for (const slotAtMs of due) {
            expect(minuteOf(slotAtMs + cadenceS * 1_000)).toBeGreaterThan(minuteOf(slotAtMs));
          }
          const minutes = [...new Set(slots.map(minuteOf))];
          const gaps = due.slice(1).map((at, index) => minuteOf(at) - minuteOf(due[index] as number));
          expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(every + Math.ceil(cadenceS / 60));
          expect(due.length).toBeGreaterThanOrEqual(Math.floor(Math.min(minutes.length, 60 / every)) - 1);
        },
      ),
    );
  });
});

describe("declared resources and prompts", () => {
  const isDue = (plan: EndpointPlan, slotAtMs: number, region: string) =>
    slotExpectations(plan, slotAtMs, region).isCapabilityCheckDue;

  test("are listed once an hour, by one region, each in its turn", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.constantFrom(30, 60, 90, 300, 1_800), (id, cadenceS) => {
        const plan = endpointPlan({ id, cadenceS, capabilitiesListedAtMs: t0 });
        const slots = slotsOf(plan, t0, t0 + 6 * HOUR_MS);
        const due = slots.flatMap((slotAtMs) =>
          REGIONS.filter((region) => isDue(plan, slotAtMs, region)).map((region) => ({ slotAtMs, region })),
        );
        expect(due.length).toBeGreaterThanOrEqual(5);
        expect(due.length).toBeLessThanOrEqual(7);
        expect(new Set(due.map(({ region }) => region)).size).toBe(REGIONS.length);
      }),
    );
  });

  test("are listed every minute by one region until they were listed once", () => {
    const plan = endpointPlan();
    for (const slotAtMs of slotsOf(plan, t0, t0 + HOUR_MS)) {
      expect(REGIONS.filter((region) => isDue(plan, slotAtMs, region))).toHaveLength(1);
    }
  });

  test("are listed with every probe of an endpoint that is probed less than hourly", () => {
    const plan = endpointPlan({ cadenceS: 14_400, capabilitiesListedAtMs: t0 });
    for (const slotAtMs of slotsOf(plan, t0, t0 + 24 * HOUR_MS)) {
      expect(REGIONS.filter((region) => isDue(plan, slotAtMs, region))).toHaveLength(1);
    }
  });

  test("are listed by the first region when somebody wants a probe now, by none of a confirmation", () => {
    const plan = endpointPlan();
    const due = (kind: "now" | "look") =>
      REGIONS.filter((region) => expectationsOf(plan, { ...asked, region }, { kind }).isCapabilityCheckDue);
    expect(due("now")).toEqual(["us-east"]);
    expect(due("look")).toEqual([]);
  });
});

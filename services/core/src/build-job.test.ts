import { cpuUsage } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endpointPlan } from "../test/endpoint-plan.ts";
import { buildLookJob, buildNowJob, buildSlotJob } from "./build-job.ts";
import { readCredentialTicket } from "./credential-ticket.ts";
import type { EndpointPlan } from "./endpoint-plan.ts";
import { MINUTE_MS, minuteOf, probeJobSchema } from "./pipeline.ts";
import { slotInWindow, windowOf } from "./schedule.ts";
import { timingOf } from "./timetable.ts";

const t0 = Date.UTC(2026, 10, 3, 12, 0, 0);
const BASELINE = "a".repeat(64);
const OTHER = "b".repeat(64);
const plan = endpointPlan({
  configVersion: 3,
  remembered: { era: "legacy", transport: "http", protocolVersion: "2025-11-25" },
  baselineFullHash: BASELINE,
  regionFullHashes: { "sa-east": OTHER },
});
const KEY = "k".repeat(43);
const asked = {
  region: "us-east",
  regionsAsked: ["us-east", "sa-east"],
  traceparent: "00-trace-span-01",
  ticketKey: KEY,
};

const slotJob = (of: EndpointPlan, region = "us-east") => {
  const timing = timingOf(of, t0);
  const slotAtMs = slotInWindow(timing, t0, t0 + timing.cadenceMs) as number;
  return buildSlotJob(of, { ...asked, region, slotAtMs, notBeforeMs: windowOf(slotAtMs), timing });
};

describe("a slot job", () => {
  test("is what the workers parse, under the slot's id", () => {
    const { id, data } = slotJob(plan);
    expect(probeJobSchema.parse(data)).toEqual(data);
    expect(id).toBe(`${plan.id}-${data.slotAtMs}`);
    expect(data).toMatchObject({ kind: "slot", budgetMs: 30_000, hasSecondAttempt: true, look: null });
    expect(data.lastSlotOfMinuteAtMs).toBe(data.slotAtMs);
    expect(data.minute).toBe(minuteOf(data.slotAtMs));
  });

  test("may run up to a window before its slot, never after it", () => {
    const { data } = slotJob(plan);
    expect(data.slotAtMs - data.notBeforeMs).toBeGreaterThanOrEqual(0);
    expect(data.slotAtMs - data.notBeforeMs).toBeLessThan(5_000);
  });

  test("carries the tool list of its own region, the baseline where the region has none of its own", () => {
    expect(slotJob(plan, "us-east").data.lastFullHash).toBe(BASELINE);
    expect(slotJob(plan, "sa-east").data.lastFullHash).toBe(OTHER);
  });

  test("covers the cadence", () => {
    expect(slotJob({ ...plan, cadenceS: 900 }).data.coversMinutes).toBe(15);
  });

  test.each([
    ["a claimed endpoint's tool is called as its owner chose", {}, "auto"],
    ["no tool of an unclaimed endpoint is called", { isUnclaimed: true }, "never"],
    ["the tool of our own demo servers is called", { isUnclaimed: true, isDemo: true }, "auto"],
  ])("%s", (_name, change, kind) => {
    expect(slotJob({ ...plan, ...change }).data.health.kind).toBe(kind);
  });

  test("counts against its tenant, or against its domain when nobody claimed it", () => {
    expect(slotJob(plan).data.capKey).toBe(`tenant:${plan.tenantId}`);
    expect(slotJob({ ...plan, isUnclaimed: true }).data.capKey).toBe("domain:example.com");
  });
});

describe("a look", () => {
  const look = {
    ...asked,
    confirmation: t0 + 1,
    n: 2,
    notBeforeMs: t0 + 30_001,
    minute: minuteOf(t0),
  } as const;

  test("is what the workers parse, short and without a second attempt, for the minute it was asked for", () => {
    const { id, data } = buildLookJob(plan, look);
    expect(probeJobSchema.parse(data)).toEqual(data);
    expect(id).toBe(`${plan.id}-look-${t0 + 1}-2`);
    expect(data).toMatchObject({
      kind: "look",
      budgetMs: 10_000,
      hasSecondAttempt: false,
      minute: minuteOf(t0),
    });
    expect(data.look).toEqual({ confirmation: t0 + 1, n: 2 });
  });

  test("of an endpoint known to be slow has 20 s", () => {
    expect(buildLookJob({ ...plan, isSlow: true }, look).data.budgetMs).toBe(20_000);
  });
});

describe("an endpoint with a credential", () => {
  const asksAtMs = t0 + 2_000;
  const timing = timingOf(plan, t0);
  const priv = { ...plan, credentialVersion: 7 };
  const look = { ...asked, confirmation: t0, n: 1 as const, notBeforeMs: asksAtMs, minute: minuteOf(t0) };
  test.each([
    ["a slot", buildSlotJob(priv, { ...asked, slotAtMs: t0 + 4_000, notBeforeMs: asksAtMs, timing })],
    ["an immediate probe", buildNowJob(priv, { ...asked, requestedAtMs: asksAtMs })],
    ["a look", buildLookJob(priv, look)],
  ])("gives the job of %s a ticket for this job, this region and five minutes", (_name, { id, data }) => {
    expect(readCredentialTicket([KEY], data.credentialTicket ?? "", asksAtMs)).toEqual({
      kind: "valid",
      claims: {
        endpointId: plan.id,
        tenantId: plan.tenantId,
        credentialVersion: 7,
        region: "us-east",
        jobId: id,
        expiresAtMs: asksAtMs + 5 * MINUTE_MS,
      },
    });
    expect(probeJobSchema.parse(data)).toEqual(data);
  });

  test("is the only kind whose jobs carry one", () => {
    expect(buildNowJob(plan, { ...asked, requestedAtMs: t0 }).data.credentialTicket).toBeNull();
  });
});

describe("an immediate probe", () => {
  test("is what the workers parse, at the instant it was asked for", () => {
    const { id, data } = buildNowJob(plan, { ...asked, requestedAtMs: t0 + 7 });
    expect(probeJobSchema.parse(data)).toEqual(data);
    expect(id).toBe(`${plan.id}-now-${t0 + 7}`);
    expect(data).toMatchObject({ kind: "now", slotAtMs: t0 + 7, coversMinutes: 1 });
  });

  test("names its minute's last regular slot, 0 when there is none", () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 * MINUTE_MS }), fc.constantFrom(30, 60, 300), (after, cadenceS) => {
        const requestedAtMs = t0 + after;
        const { data } = buildNowJob({ ...plan, cadenceS }, { ...asked, requestedAtMs });
        const last = data.lastSlotOfMinuteAtMs;
        const { cadenceMs, phaseMs } = timingOf({ ...plan, cadenceS }, t0);
        expect(last === 0 || (minuteOf(last) === data.minute && last % cadenceMs === phaseMs)).toBe(true);
        expect(last === 0).toBe(
          cadenceS === 300 &&
            slotInWindow({ cadenceMs, phaseMs }, data.minute * MINUTE_MS, (data.minute + 1) * MINUTE_MS) ===
              null,
        );
      }),
    );
  });

  test("names none for an unclaimed endpoint, whose slots courtesy moves", () => {
    const { data } = buildNowJob({ ...plan, isUnclaimed: true }, { ...asked, requestedAtMs: t0 });
    expect(data.lastSlotOfMinuteAtMs).toBe(0);
  });
});

test("building a job takes at most 10 µs", () => {
  const timing = timingOf(plan, t0);
  const slot = { ...asked, slotAtMs: t0, notBeforeMs: t0, timing };
  const build = (count: number) => {
    for (let n = 0; n < count; n += 1) {
      buildSlotJob(plan, slot);
    }
  };
  build(10_000);
  const before = cpuUsage();
  build(50_000);
  const used = cpuUsage(before);
  expect((used.user + used.system) / 50_000).toBeLessThan(10);
});

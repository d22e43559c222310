import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyResult, failing, MINUTE, MINUTE_AT_MS, makeResult, REGIONS } from "../test/verdict-cases.ts";
import type { RegionResult } from "./pipeline.ts";
import {
  advanceMinute,
  contentOf,
  joinMinutes,
  LATE_ACCEPTED_MS,
  regionsAskedOf,
  sealMinute,
  type VerdictMinute,
  verdictOf,
} from "./verdict-minute.ts";
import { reportOf, SEAL_AFTER_MS } from "./verdict-report.ts";

const endpointId = randomUUID();
const t0 = MINUTE_AT_MS;

/** Delivers results one after the other, one second apart from `t0 + 1 s`; a null seals. */
function deliver(steps: readonly (RegionResult | null)[], isLookOutstanding = false) {
  let minute: VerdictMinute | null = null;
  const outcomes: string[] = [];
  for (const [n, step] of steps.entries()) {
    const nowMs = t0 + (n + 1) * 1_000;
    if (step === null) {
      minute = minute === null ? null : sealMinute(minute, nowMs);
    } else {
      const advanced = advanceMinute(minute, reportOf(step), { nowMs, isLookOutstanding });
      minute = advanced.next;
      outcomes.push(advanced.outcome);
    }
  }
  return { minute, outcomes };
}

/** What the last revision says, whichever way it came about. */
function told(minute: VerdictMinute | null) {
  return minute === null
    ? null
    : {
        verdict: verdictOf(minute),
        votes: minute.votes,
        asked: regionsAskedOf(minute),
        covers: minute.coversMinutes,
      };
}

const slot = (region: string, finding = {}, job = {}) =>
  makeResult({ endpointId, job: { region, ...job }, finding });
const asking = (...regionsAsked: string[]) => ({ regionsAsked });

describe("advanceMinute", () => {
  test("one asked region seals the minute with its first result", () => {
    const { minute, outcomes } = deliver([slot("us-east", failing("down"), asking("us-east"))]);
    expect(outcomes).toEqual(["sealed"]);
    expect(minute).toMatchObject({ revision: 1, sealedAtMs: t0 + 1_000 });
    expect(told(minute)?.verdict.state).toBe("down");
  });

  test("the last of the asked regions seals the minute", () => {
    const { outcomes } = deliver(REGIONS.map((region) => slot(region)));
    expect(outcomes).toEqual(["merged", "merged", "merged", "merged", "sealed"]);
  });

  test("a region whose self-check failed completes the minute but does not vote", () => {
    const two = asking("us-east", "eu-west");
    const { minute, outcomes } = deliver([
      slot("us-east", {}, two),
      slot("eu-west", failing("unknown"), two),
    ]);
    expect(outcomes).toEqual(["merged", "sealed"]);
    expect(told(minute)?.verdict.state).toBe("up");
  });

  test("the same result twice is a duplicate, before and after sealing", () => {
    const two = asking("us-east", "eu-west");
    const [a, b] = [slot("us-east", {}, two), slot("eu-west", {}, two)];
    expect(deliver([a, a, b, b]).outcomes).toEqual(["merged", "duplicate", "sealed", "duplicate"]);
  });

  test("a missing region leaves the minute open until it is sealed; its late result corrects it", () => {
    const two = asking("us-east", "eu-west");
    const { minute, outcomes } = deliver([
      slot("us-east", failing("down"), two),
      null,
      slot("eu-west", failing("down"), two),
    ]);
    expect(outcomes).toEqual(["merged", "corrected"]);
    expect(minute?.revision).toBe(2);
    expect(told(minute)?.verdict.state).toBe("down");
  });

  test("a result later than five minutes after sealing is dropped", () => {
    const sealed = sealMinute(contentOfOne("us-east"), t0);
    const late = reportOf(slot("eu-west"));
    const at = (nowMs: number) => advanceMinute(sealed, late, { nowMs, isLookOutstanding: false });
    expect(at(t0 + LATE_ACCEPTED_MS).outcome).toBe("corrected");
    expect(at(t0 + LATE_ACCEPTED_MS + 1)).toEqual({ next: sealed, outcome: "too-late" });
  });

  test("a minute that was never begun is not begun after it must have been closed", () => {
    const report = reportOf(slot("us-east"));
    const closedAtMs = (MINUTE + 1) * 60_000 + SEAL_AFTER_MS + LATE_ACCEPTED_MS;
    const at = (nowMs: number) => advanceMinute(null, report, { nowMs, isLookOutstanding: false }).outcome;
    expect(at(closedAtMs)).toBe("merged");
    expect(at(closedAtMs + 1)).toBe("too-late");
  });

  test("an open minute waits for its sealer however late a result comes", () => {
    const open = contentOfOne("us-east");
    const nowMs = t0 + 3_600_000;
    expect(advanceMinute(open, reportOf(slot("eu-west")), { nowMs, isLookOutstanding: false }).outcome).toBe(
      "merged",
    );
  });

  test("an outstanding look keeps a complete minute open", () => {
    expect(deliver([slot("us-east", {}, asking("us-east"))], true).outcomes).toEqual(["merged"]);
  });

  test("at a 30-s cadence the first slot of every region does not complete the minute, the second does", () => {
    const at = (region: string, offsetMs: number) =>
      slot(
        region,
        { startedAtMs: t0 + offsetMs, observedAtMs: t0 + offsetMs + 300 },
        { ...asking("us-east", "eu-west"), slotAtMs: t0 + offsetMs, lastSlotOfMinuteAtMs: t0 + 30_000 },
      );
    const { minute, outcomes } = deliver([
      at("us-east", 0),
      at("eu-west", 0),
      at("us-east", 30_000),
      at("eu-west", 30_000),
    ]);
    expect(outcomes).toEqual(["merged", "merged", "merged", "sealed"]);
    expect(minute?.sealDueAtMs).toBe(t0 + 30_000 + SEAL_AFTER_MS);
  });

  test("an immediate probe's later vote counts, and the region's slot is still waited for", () => {
    const one = asking("us-east");
    const now = makeResult({
      endpointId,
      jobId: "now",
      job: { kind: "now", ...one, slotAtMs: t0 + 20_000 },
      finding: failing("down", { startedAtMs: t0 + 20_000, observedAtMs: t0 + 20_300 }),
    });
    const { minute, outcomes } = deliver([now, slot("us-east", {}, one)]);
    expect(outcomes).toEqual(["merged", "sealed"]);
    expect(told(minute)?.verdict.state).toBe("down");
  });

  test("at a 15-min cadence a minute of looks only covers one minute, and is complete when all looked-at answered", () => {
    const look = (region: string, finding = {}) =>
      makeResult({
        endpointId,
        jobId: "look",
        job: {
          kind: "look",
          region,
          ...asking("us-east", "eu-west"),
          look: { confirmation: t0, n: 2 },
          coversMinutes: 15,
          lastSlotOfMinuteAtMs: 0,
        },
        finding,
      });
    const { minute, outcomes } = deliver([look("us-east"), look("eu-west")]);
    expect(outcomes).toEqual(["merged", "sealed"]);
    expect(minute?.coversMinutes).toBe(1);
  });

  test("a lone down of an endpoint asked from one region is corrected to degraded by its look", () => {
    const lone = slot("us-east", failing("down"), { ...asking("us-east"), coversMinutes: 15 });
    const look = (region: string) =>
      makeResult({
        endpointId,
        jobId: "look",
        job: { kind: "look", region, ...asking(...REGIONS), look: { confirmation: t0, n: 1 } },
        finding: { startedAtMs: t0 + 2_000, observedAtMs: t0 + 2_300 },
      });
    const { minute, outcomes } = deliver([lone, look("eu-west"), look("sa-east")]);
    expect(outcomes).toEqual(["sealed", "corrected", "corrected"]);
    expect(told(minute)).toMatchObject({
      verdict: { state: "degraded", regions: ["us-east"] },
      covers: 15,
    });
  });
});

function contentOfOne(region: string): VerdictMinute {
  return { ...contentOf(reportOf(slot(region))), sealedAtMs: null, revision: 0 };
}

describe("order, repetition and partition", () => {
  const results = fc.array(anyResult(endpointId), { minLength: 1, maxLength: 12 });

  test("joining minutes is commutative, associative and idempotent", () => {
    const content = anyResult(endpointId).map((result) => contentOf(reportOf(result)));
    fc.assert(
      fc.property(content, content, content, (a, b, c) => {
        expect(joinMinutes(a, b)).toEqual(joinMinutes(b, a));
        expect(joinMinutes(joinMinutes(a, b), c)).toEqual(joinMinutes(a, joinMinutes(b, c)));
        expect(joinMinutes(a, a)).toEqual(a);
      }),
      { numRuns: 500 },
    );
  });

  test("results shuffled, repeated and split by a seal give the same last revision", () => {
    const shuffled = results.chain((all) =>
      fc.record({
        all: fc.constant(all),
        shuffled: fc
          .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.subarray(all))
          .chain(([whole, again]) =>
            fc.shuffledSubarray([...whole, ...again], { minLength: whole.length + again.length }),
          ),
        sealAfter: fc.nat(12),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ all, shuffled: other, sealAfter }) => {
        const straight = deliver([...all, null]).minute;
        const split = deliver([...other.slice(0, sealAfter), null, ...other.slice(sealAfter), null]).minute;
        expect(told(split)).toEqual(told(straight));
        expect(split?.sealedAtMs).not.toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  test("the revision grows exactly with what is sealed or corrected", () => {
    fc.assert(
      fc.property(results, (all) => {
        const { minute, outcomes } = deliver(all);
        const told = outcomes.filter((outcome) => outcome === "sealed" || outcome === "corrected");
        expect(minute?.revision).toBe(told.length);
        expect(outcomes.filter((outcome) => outcome === "sealed").length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

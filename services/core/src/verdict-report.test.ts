import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { failing, MINUTE_AT_MS, makeResult } from "../test/verdict-cases.ts";
import { packVote, unpackVote } from "./packed-vote.ts";
import type { ProbeFinding } from "./pipeline.ts";
import { reportOf, SEAL_AFTER_MS } from "./verdict-report.ts";

const endpointId = randomUUID();
const t0 = MINUTE_AT_MS;

describe("reportOf", () => {
  test("the vote survives packing", () => {
    const report = reportOf(
      makeResult({ endpointId, finding: { latencyMs: 12.6, fullHash: "c".repeat(64) } }),
    );
    expect(unpackVote(report.packedVote)).toEqual(report.vote);
    expect(report.vote).toMatchObject({ latencyMs: 13, changedFullHash: "c".repeat(64) });
  });

  test("an ordinary up vote fits into the 64 bytes up to which Redis stores hashes compactly", () => {
    const report = reportOf(
      makeResult({ endpointId, finding: { observedAtMs: 1_795_244_776_394, latencyMs: 99_999 } }),
    );
    expect(packVote(report.vote).length).toBeLessThanOrEqual(64);
  });

  test("the digest tells results apart that differ only in what the vote leaves out", () => {
    const digest = (finding: Partial<ProbeFinding>) =>
      reportOf(makeResult({ endpointId, finding })).vote.digest;
    expect(digest({ toolsCount: 8 })).toBe(digest({ toolsCount: 8 }));
    expect(digest({ toolsCount: 8 })).not.toBe(digest({ toolsCount: 9 }));
  });

  test("a slot counts from the minute's last slot, looks and immediate probes also from their own start", () => {
    const finding = { startedAtMs: t0 + 40_000, observedAtMs: t0 + 41_000 };
    const due = (kind: "slot" | "look" | "now") =>
      reportOf(makeResult({ endpointId, finding, job: { kind, lastSlotOfMinuteAtMs: t0 + 30_000 } }))
        .sealDueAtMs;
    expect(due("slot")).toBe(t0 + 30_000 + SEAL_AFTER_MS);
    expect(due("look")).toBe(t0 + 40_000 + SEAL_AFTER_MS);
    expect(due("now")).toBe(t0 + 40_000 + SEAL_AFTER_MS);
  });

  test("a last slot outside the minute means that no slot falls into it", () => {
    const last = (kind: "slot" | "look") =>
      reportOf(makeResult({ endpointId, job: { kind, lastSlotOfMinuteAtMs: t0 - 60_000 } })).lastSlotAtMs;
    expect(last("look")).toBeNull();
    expect(last("slot")).toBe(t0);
  });

  test("check and audit jobs belong to no minute", () => {
    expect(() => reportOf(makeResult({ endpointId, job: { kind: "check" } }))).toThrow("invariant");
  });

  const noteworthy: readonly [string, Partial<ProbeFinding>, boolean][] = [
    ["up, nothing new", {}, false],
    ["up after a healed failure", { transientReason: "connection_refused" }, true],
    ["up with another tool list than last known", { fullHash: "d".repeat(64) }, true],
    [
      "up after listing resources and prompts, which the next probe does not repeat",
      { steps: [{ step: "capabilities", ms: 3, ok: true, detail: null }] },
      true,
    ],
    ["up with a warning", { reason: "credential_expiring" }, true],
    ["a well-formed login wall", { state: "auth_walled", reason: "auth_required", fullHash: null }, false],
    [
      "a malformed login wall",
      { state: "auth_walled", reason: "auth_challenge_malformed", fullHash: null },
      true,
    ],
    ["down", failing("down"), true],
    ["degraded", failing("degraded"), true],
    ["our own failure", failing("unknown"), true],
  ];
  for (const [says, finding, isNoteworthy] of noteworthy) {
    test(`${says}: the finding is ${isNoteworthy ? "" : "not "}kept with the minute`, () => {
      expect(reportOf(makeResult({ endpointId, finding })).isNoteworthy).toBe(isNoteworthy);
    });
  }
});

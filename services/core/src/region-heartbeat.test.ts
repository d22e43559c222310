import fc from "fast-check";
import { expect, test } from "vitest";
import {
  isRegionEligible,
  mergeWorkerBeat,
  REGION_HEARTBEAT_LIFE_MS,
  readRegionHeartbeat,
  type WorkerBeat,
} from "./region-heartbeat.ts";

const t0 = Date.UTC(2026, 10, 21);
const beat = (workerId: string, isSelfCheckOk = true, atMs = t0): WorkerBeat => ({
  workerId,
  atMs,
  isSelfCheckOk,
  version: "1.0.0",
});
const written = (...beats: WorkerBeat[]) =>
  beats.reduce<string | null>((value, line) => mergeWorkerBeat(value, line, line.atMs), null);

test.each([
  { name: "one worker that passed", value: written(beat("a")), atMs: t0, isEligible: true },
  { name: "one worker that failed", value: written(beat("a", false)), atMs: t0, isEligible: false },
  {
    name: "two workers, one failed",
    value: written(beat("a", false), beat("b")),
    atMs: t0,
    isEligible: true,
  },
  { name: "just before 90 s", value: written(beat("a")), atMs: t0 + 89_999, isEligible: true },
  { name: "at 90 s", value: written(beat("a")), atMs: t0 + 90_000, isEligible: false },
  { name: "no key", value: null, atMs: t0, isEligible: false },
  { name: "not JSON", value: "{", atMs: t0, isEligible: false },
  { name: "another version", value: '{"v":2,"workers":{}}', atMs: t0, isEligible: false },
])(
  "a region votes only with a fresh worker whose self-check passed: $name",
  ({ value, atMs, isEligible }) => {
    expect(isRegionEligible(value, atMs)).toBe(isEligible);
  },
);

test("the sum names the newest beat and counts each worker once", () => {
  const value = written(beat("a"), beat("b", false, t0 + 10_000), beat("a", true, t0 + 30_000));
  expect(readRegionHeartbeat(value, t0 + 30_000)).toEqual({
    atMs: t0 + 30_000,
    isSelfCheckOk: true,
    workers: 2,
    version: "1.0.0",
  });
});

test("a worker that fell silent is forgotten by the next beat of another", () => {
  const value = mergeWorkerBeat(
    written(beat("a")),
    beat("b", true, t0 + REGION_HEARTBEAT_LIFE_MS),
    t0 + REGION_HEARTBEAT_LIFE_MS,
  );
  expect(value).not.toContain('"a"');
});

test("what one worker writes of itself is what is read back, whatever stood there before", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(null), fc.string(), fc.json()),
      fc.boolean(),
      (before, isSelfCheckOk) => {
        const value = mergeWorkerBeat(before, beat("a", isSelfCheckOk), t0);
        expect(readRegionHeartbeat(value, t0)).toMatchObject({ atMs: t0, workers: 1, isSelfCheckOk });
      },
    ),
  );
});

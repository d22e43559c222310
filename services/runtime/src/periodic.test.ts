import { expect, test } from "vitest";
import { everyTick } from "./periodic.ts";

test("a task never overlaps itself, survives its own errors, and stop waits for the run in flight", async () => {
  let inFlight = 0;
  let most = 0;
  let runs = 0;
  const errors: unknown[] = [];
  const { promise: threeRuns, resolve } = Promise.withResolvers<void>();
  const task = everyTick({
    name: "count",
    everyMs: 1,
    clock: { nowMs: () => 0 },
    onError: (err) => errors.push(err),
    run: async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise(setImmediate);
      inFlight -= 1;
      runs += 1;
      if (runs === 3) {
        resolve();
      }
      throw new Error("this run failed");
    },
  });
  await threeRuns;
  await task.stop();
  const after = runs;
  await new Promise(setImmediate);
  expect({ most, inFlight, isStillRunning: runs !== after }).toEqual({
    most: 1,
    inFlight: 0,
    isStillRunning: false,
  });
  expect(errors.length).toBe(runs);
});

test("the age of a task grows while its runs fail", async () => {
  let nowMs = 1_000;
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const task = everyTick({
    name: "failing",
    everyMs: 60_000,
    clock: { nowMs: () => nowMs },
    onError: () => resolve(),
    run: () => Promise.reject(new Error("no")),
  });
  await failed;
  nowMs = 5_000;
  expect(task.ageMs()).toBe(4_000);
  await task.stop();
});

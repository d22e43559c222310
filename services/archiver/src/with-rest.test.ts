import { expect, test } from "vitest";
import { withRest } from "./with-rest.ts";

const MINUTE_MS = 60_000;

test.each([
  ["a quick task runs every minute", 500, [0, 1, 2, 3, 4]],
  ["a slow one rests thirty times as long", 5_000, [0, 3]],
  ["the slowest runs every ten minutes all the same", 60_000, [0, 11]],
])("%s", async (_name, tookMs, expected) => {
  let nowMs = 0;
  const ran: number[] = [];
  const tick = withRest({ nowMs: () => nowMs }, async () => {
    ran.push(Math.floor(nowMs / MINUTE_MS));
    nowMs += tookMs;
  });
  for (let minute = 0; minute <= Math.max(4, ...expected); minute += 1) {
    nowMs = minute * MINUTE_MS;
    await tick();
  }
  expect(ran).toEqual(expected);
});

test("a run that failed is tried again at the next tick", async () => {
  let runs = 0;
  const tick = withRest({ nowMs: () => 1 }, async () => {
    runs += 1;
    throw new Error("away");
  });
  await expect(tick()).rejects.toThrow("away");
  await expect(tick()).rejects.toThrow("away");
  expect(runs).toBe(2);
});

import { afterEach, expect, test } from "vitest";
import { createLoopDelayWatch } from "./loop-delay-watch.ts";

const watch = createLoopDelayWatch();
afterEach(() => watch.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
function hold(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs) {
    // Holds the loop.
  }
}

test("a held loop is seen in the span it was held, even before a timer could fire, and not in others", async () => {
  watch.start();
  await pause(30);
  const beforeMs = performance.now();
  hold(80);
  const afterMs = performance.now();
  expect(watch.wasLate(beforeMs, afterMs)).toBe(true);
  await pause(30);
  expect(watch.wasLate(beforeMs, afterMs)).toBe(true);
  expect(watch.wasLate(beforeMs - 2_000, beforeMs - 1_000)).toBe(false);
  expect(watch.takeMaxMs()).toBeGreaterThan(60);
});

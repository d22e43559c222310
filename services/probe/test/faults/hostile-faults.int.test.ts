import { afterAll, describe, expect, test } from "vitest";
import { testFaults } from "./fault.ts";
import { FLOODS, HOSTILE_FAULTS } from "./hostile-faults.ts";

/** What the floods may cost together, side by side, with the servers that pour them in the same process. */
const GROWTH_BYTES_MAX = 300 * 1024 * 1024;

describe("an endpoint that floods", () => {
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  afterAll(() => clearInterval(watch));

  testFaults(FLOODS);

  test("never makes the process grow by more than 300 MB", () => {
    peak = Math.max(peak, process.memoryUsage.rss());
    expect(peak - before).toBeLessThan(GROWTH_BYTES_MAX);
  });
});

describe("an endpoint that means harm", () => testFaults(HOSTILE_FAULTS));

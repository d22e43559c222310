import { expect, test } from "vitest";
import { measurePlanning } from "./measure-planning.ts";

test("a minute of 5,000 endpoints from five regions is planned whole and cheaply", async () => {
  const cost = await measurePlanning(5_000);
  expect(cost.jobs).toBe(25_000);
  // 100,000 endpoints may take 5 s; claims and refreshes cost the same for few endpoints.
  expect(cost.cpuS).toBeLessThan(2);
});

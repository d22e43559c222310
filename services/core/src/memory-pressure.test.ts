import { expect, test } from "vitest";
import { decideMemoryPressure } from "./memory-pressure.ts";

test.each([
  ["none", 0.1, "none"],
  ["none", 0.699, "none"],
  ["none", 0.7, "stretch-public"],
  ["none", 0.85, "tenants-only"],
  ["stretch-public", 0.66, "stretch-public"],
  ["stretch-public", 0.64, "none"],
  ["stretch-public", 0.849, "stretch-public"],
  ["stretch-public", 0.85, "tenants-only"],
  ["tenants-only", 0.81, "tenants-only"],
  ["tenants-only", 0.79, "stretch-public"],
  ["tenants-only", 0.66, "stretch-public"],
  ["tenants-only", 0.64, "none"],
] as const)("from %s at %f of Redis's memory: %s", (before, ratio, after) => {
  expect(decideMemoryPressure(before, ratio)).toBe(after);
});

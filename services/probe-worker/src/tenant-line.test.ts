import { expect, test } from "vitest";
import { openTenantLine } from "./tenant-line.ts";

const entry = (tenant: string, lateAtMs: number) => ({ tenant, lateAtMs });
function openFilled() {
  const line = openTenantLine<ReturnType<typeof entry>>();
  for (const [tenant, lateAtMs] of [
    ["a", 10],
    ["b", 20],
    ["a", 30],
  ] as const) {
    line.add(entry(tenant, lateAtMs));
  }
  return line;
}

test("tenants stand in the order in which they began to wait, however much comes later", () => {
  expect(openFilled().tenants()).toEqual([
    { tenant: "a", jobs: 2 },
    { tenant: "b", jobs: 1 },
  ]);
});

test("a tenant that started some of its entries waits at the end with the others", () => {
  const line = openFilled();
  expect(line.take("a", 1)).toEqual([entry("a", 10)]);
  expect(line.tenants().map(({ tenant }) => tenant)).toEqual(["b", "a"]);
  expect(line.take("b", 5)).toEqual([entry("b", 20)]);
  expect(line.take("b", 5)).toEqual([]);
});

test("what is late leaves, and its tenant keeps its place", () => {
  const line = openFilled();
  expect(line.takeLate(10)).toEqual([]);
  expect(line.takeLate(11)).toEqual([entry("a", 10)]);
  expect(line.tenants()).toEqual([
    { tenant: "a", jobs: 1 },
    { tenant: "b", jobs: 1 },
  ]);
  expect(line.takeLate(Number.POSITIVE_INFINITY)).toHaveLength(2);
  expect(line.tenants()).toEqual([]);
});

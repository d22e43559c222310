import { expect, test } from "vitest";
import { createMicroCache } from "./micro-cache.ts";

function cache(entriesMax = 10) {
  const clock = { atMs: 0, nowMs: () => clock.atMs };
  let made = 0;
  const make = async () => {
    made += 1;
    return made;
  };
  return { clock, make, made: () => made, ...createMicroCache<number>({ clock, ttlMs: 100, entriesMax }) };
}

test("a value is made once for everybody who asks while it is made or fresh", async () => {
  const { clock, get, make, made } = cache();
  expect(await Promise.all([get("a", make), get("a", make)])).toEqual([1, 1]);
  clock.atMs = 99;
  await get("a", make);
  expect(made()).toBe(1);
  clock.atMs = 100;
  expect(await get("a", make)).toBe(2);
});

test("a failed making is told to who waited for it and tried again by the next", async () => {
  const { get, make } = cache();
  await expect(get("a", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await get("a", make)).toBe(1);
});

test("however many keys are asked for, no more than the bound are kept, and the oldest go first", async () => {
  const { get, make, made } = cache(2);
  for (const key of ["a", "b", "c"]) {
    await get(key, make);
  }
  await get("c", make);
  expect(made()).toBe(3);
  await get("a", make);
  expect(made()).toBe(4);
});

import { expect, test } from "vitest";
import type { RegionToolList } from "./drift-debounce.ts";
import { findOddRegion } from "./find-odd-region.ts";

const t0 = Date.UTC(2026, 10, 21, 12);
const MINUTE_MS = 60_000;
const listOf = (letter: string) => ({ contractHash: letter.repeat(64), fullHash: letter.repeat(64) });
const believing = (letter: string, atMs = t0): RegionToolList => ({
  believed: listOf(letter),
  believedAtMs: atMs,
  pending: null,
});
const baseline = { ...listOf("a"), era: "legacy" as const, atMs: t0 - 60 * MINUTE_MS };
const later = t0 + 30 * MINUTE_MS;

test.each<[string, Record<string, RegionToolList>, Record<string, number | null>, number, string | null]>([
  ["everybody on the baseline", {}, { east: later, west: later }, 1, null],
  [
    "one region behind the other two",
    { east: believing("b"), west: believing("b") },
    { east: later, west: later, south: later },
    1,
    "south",
  ],
  [
    "one region ahead of the other two",
    { east: believing("b") },
    { east: later, west: later, south: later },
    1,
    "east",
  ],
  [
    "not yet half an hour",
    { east: believing("b"), west: believing("b") },
    { east: later, west: later, south: later - 1 },
    1,
    null,
  ],
  [
    "a region nobody probes",
    { east: believing("b"), west: believing("b") },
    { east: later, west: later, south: null },
    1,
    null,
  ],
  [
    "a slow cadence is given three rounds",
    { east: believing("b"), west: believing("b") },
    { east: later, west: later, south: later },
    15,
    null,
  ],
  [
    "two regions of two lists: the newer list is the one to follow",
    { east: believing("b") },
    { east: later, west: later },
    1,
    "west",
  ],
  ["no region at all", {}, {}, 1, null],
])("%s", (_name, byRegion, lastUp, cadenceMinutes, odd) => {
  const endpoint = {
    baseline,
    byRegion: new Map(Object.entries(byRegion)),
    cadenceMs: cadenceMinutes * MINUTE_MS,
  };
  const regions = Object.entries(lastUp).map(([region, lastUpAtMs]) => ({ region, lastUpAtMs }));
  expect(findOddRegion(endpoint, regions)?.region ?? null).toBe(odd);
});

test("the answer names both lists, and without a baseline there is none", () => {
  const regions = ["east", "west", "south"].map((region) => ({ region, lastUpAtMs: later }));
  const byRegion = new Map([["east", believing("b")]]);
  expect(findOddRegion({ baseline, byRegion, cadenceMs: MINUTE_MS }, regions)).toEqual({
    region: "east",
    serves: listOf("b"),
    othersServe: listOf("a"),
  });
  expect(findOddRegion({ baseline: null, byRegion, cadenceMs: MINUTE_MS }, regions)).toBeNull();
});

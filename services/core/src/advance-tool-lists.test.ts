import { describe, expect, test } from "vitest";
import {
  advanceToolLists,
  isEmptyAtBaseline,
  type KnownToolLists,
  type RegionSighting,
} from "./advance-tool-lists.ts";
import { hashToolList } from "./tool-list.ts";

const t0 = Date.UTC(2026, 10, 21, 12);
const listOf = (letter: string) => ({ contractHash: letter.repeat(64), fullHash: letter.repeat(64) });
const unseen: KnownToolLists = { baseline: null, byRegion: new Map() };
const onA: KnownToolLists = { baseline: { ...listOf("a"), era: "legacy", atMs: t0 }, byRegion: new Map() };

/** `<region>:<letter>` or `<region>:known`, optionally `:modern`; each a minute after the one before. */
function sightings(words: string): RegionSighting[] {
  return words.split(" ").map((word, index) => {
    const [region = "", letter = "", era = "legacy"] = word.split(":");
    return {
      region,
      observedAtMs: t0 + (index + 2) * 60_000,
      list: letter === "known" ? null : listOf(letter),
      era: era === "modern" ? "modern" : "legacy",
    };
  });
}

const told = (known: KnownToolLists, words: string) =>
  advanceToolLists(known, sightings(words)).news.map(
    ({ reason, region, from, to }) => `${reason} ${region} ${from.fullHash[0]}>${to.fullHash[0]}`,
  );

describe("news", () => {
  test.each<[string, string, readonly string[]]>([
    ["a region that changes twice in a row", "east:b east:b", ["drift east a>b"]],
    ["two regions that saw it once each are no news yet", "east:b west:b", []],
    ["a region that follows is no second news", "east:b west:b east:b west:b", ["drift east a>b"]],
    [
      "a third list is news again",
      "east:b east:b west:b west:b east:c east:c",
      ["drift east a>b", "drift east b>c"],
    ],
    ["back to the baseline is news", "east:b east:b east:a east:a", ["drift east a>b", "drift east b>a"]],
    ["replicas that disagree", "east:b east:known", ["inconsistent-replicas east a>b"]],
    ["nothing new", "east:known west:a", []],
  ])("%s", (_name, words, expected) => {
    expect(told(onA, words)).toEqual(expected);
  });

  test("an emptied list is told as such", () => {
    const hashing = hashToolList([]);
    const empty = hashing.kind === "hashed" ? hashing : null;
    const seen = [1, 2].map((n) => ({
      region: "east",
      observedAtMs: t0 + n * 60_000,
      list: empty,
      era: null,
    }));
    expect(advanceToolLists(onA, seen).news).toMatchObject([
      { reason: "emptied", to: { fullHash: empty?.fullHash } },
    ]);
  });
});

describe("the baseline", () => {
  test("is the first list ever seen, and other regions are held against it", () => {
    const step = advanceToolLists(unseen, sightings("east:known east:a west:a south:b"));
    expect(step.next.baseline).toEqual({ ...listOf("a"), era: "legacy", atMs: t0 + 3 * 60_000 });
    expect(step).toMatchObject({ isBaselineNew: true, changedRegions: ["south"], news: [] });
  });

  test("stays when a list drifts", () => {
    const step = advanceToolLists(onA, sightings("east:b east:b"));
    expect(step).toMatchObject({ isBaselineNew: false, changedRegions: ["east"] });
    expect(step.next.baseline).toBe(onA.baseline);
  });

  test("moves with the era, because hashes compare only within one", () => {
    const step = advanceToolLists(onA, sightings("east:b:modern east:b:modern"));
    expect(step.next.baseline).toMatchObject({ ...listOf("b"), era: "modern" });
    expect(step.news).toMatchObject([{ reason: "drift", isOtherEra: true }]);
  });

  test("that is empty makes an empty list the normal state", () => {
    const hashing = hashToolList([]);
    const empty = hashing.kind === "hashed" ? hashing : listOf("a");
    expect(isEmptyAtBaseline({ baseline: { ...empty, era: null, atMs: t0 }, byRegion: new Map() })).toBe(
      true,
    );
    expect(isEmptyAtBaseline(onA)).toBe(false);
    expect(isEmptyAtBaseline(unseen)).toBe(false);
  });
});

test("the same sightings again, in part or in whole, change nothing and tell nothing", () => {
  const all = sightings("east:b west:b east:known west:b east:b east:b");
  const once = advanceToolLists(onA, all);
  for (const again of [all, all.slice(2), all.slice(0, 3)]) {
    const step = advanceToolLists(once.next, again);
    expect(step).toMatchObject({ changedRegions: [], isBaselineNew: false, news: [] });
  }
});

describe("a list that its owner accepted meanwhile", () => {
  const onB: KnownToolLists["baseline"] = { ...listOf("b"), era: "legacy", atMs: t0 + 200_000 };
  const pendingB = (count: number) => ({ ...listOf("b"), count, sinceAtMs: t0 + 180_000 });
  const east = (pending: ReturnType<typeof pendingB>): KnownToolLists => ({
    baseline: onB,
    byRegion: new Map([["east", { believed: listOf("a"), believedAtMs: t0, pending }]]),
  });

  test.each([1, 2])("is believed at once by a region that saw it %i times, and is no news", (count) => {
    const step = advanceToolLists(east(pendingB(count)), [
      { region: "east", observedAtMs: t0 + 240_000, list: listOf("b"), era: "legacy" },
    ]);
    expect(step.news).toEqual([]);
    expect(step.changedRegions).toEqual(["east"]);
    expect(step.next.byRegion.get("east")).toMatchObject({ believed: listOf("b"), pending: null });
  });

  test("does not stop a region from going on to another one", () => {
    const step = advanceToolLists(east(pendingB(1)), [
      { region: "east", observedAtMs: t0 + 240_000, list: listOf("c"), era: "legacy" },
      { region: "east", observedAtMs: t0 + 300_000, list: listOf("c"), era: "legacy" },
    ]);
    expect(step.news).toMatchObject([{ reason: "drift", from: listOf("b"), to: listOf("c") }]);
  });
});

import { describe, expect, test } from "vitest";
import {
  type DriftReason,
  decideDrift,
  decideNewBaseline,
  type RegionToolList,
  type ToolListSighting,
} from "./drift-debounce.ts";
import { hashToolList } from "./tool-list.ts";

const t0 = Date.UTC(2026, 10, 21, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const lists = {
  A: { contractHash: "a".repeat(64), fullHash: "a".repeat(64) },
  B: { contractHash: "b".repeat(64), fullHash: "b".repeat(64) },
  C: { contractHash: "c".repeat(64), fullHash: "c".repeat(64) },
  empty: emptyList(),
};
const believingA: RegionToolList = { believed: lists.A, believedAtMs: t0, pending: null };

function emptyList() {
  const hashing = hashToolList([]);
  if (hashing.kind !== "hashed") {
    throw new Error("the empty list is within every bound");
  }
  return { contractHash: hashing.contractHash, fullHash: hashing.fullHash };
}

/** `known` or the name of a list, each a minute later than the one before unless `@<seconds>` says when. */
function run(words: readonly string[], from = believingA) {
  let state = from;
  const reasons: DriftReason[] = [];
  for (const [index, word] of words.entries()) {
    const [name = "", at] = word.split("@");
    const observedAtMs = t0 + (at === undefined ? (index + 2) * MINUTE_MS : Number(at) * 1_000);
    const sighting: ToolListSighting =
      name === "known"
        ? { kind: "as-known", observedAtMs }
        : { kind: "list", list: lists[name as keyof typeof lists], observedAtMs };
    const decision = decideDrift(state, sighting);
    state = decision.next;
    reasons.push(decision.reason);
  }
  return { state, reasons };
}

describe("sightings of one region that believes A", () => {
  test.each<[string, readonly string[], readonly DriftReason[], keyof typeof lists]>([
    ["the known list is no drift", ["known", "A"], ["unchanged", "unchanged"], "A"],
    ["one different answer is only pending", ["B"], ["pending"], "A"],
    ["the same new list twice in a row is a drift", ["B", "B"], ["pending", "drift"], "B"],
    [
      "after a drift the new list is the known one",
      ["B", "B", "B", "known"],
      ["pending", "drift", "unchanged", "unchanged"],
      "B",
    ],
    ["A, B, A is replicas that disagree", ["B", "known"], ["pending", "inconsistent-replicas"], "A"],
    [
      "A, B, A, B, A is the same again, never a drift",
      ["B", "A", "B", "A"],
      ["pending", "inconsistent-replicas", "pending", "inconsistent-replicas"],
      "A",
    ],
    ["two different new lists are not twice the same", ["B", "C"], ["pending", "pending"], "A"],
    [
      "the last of several new lists wins once it came twice",
      ["B", "C", "C"],
      ["pending", "pending", "drift"],
      "C",
    ],
    [
      "back to A later is a drift like any other",
      ["B", "B", "A", "A"],
      ["pending", "drift", "pending", "drift"],
      "A",
    ],
    ["the same probe told twice counts once", ["B@100", "B@100"], ["pending", "out-of-order"], "A"],
    [
      "a correction that repeats an older probe changes nothing",
      ["B@100", "B@160", "B@100", "A@90"],
      ["pending", "drift", "out-of-order", "out-of-order"],
      "B",
    ],
    [
      "a repeated odd probe does not come back after the region recovered",
      ["B@100", "known@160", "B@100"],
      ["pending", "inconsistent-replicas", "out-of-order"],
      "A",
    ],
    [
      "an empty list is told once and never believed",
      ["empty", "empty", "empty", "known"],
      ["pending", "emptied", "unchanged", "unchanged"],
      "A",
    ],
    [
      "a job from before the belief cannot say what it knew",
      ["B@100", "B@130", "C@160", "known@190"],
      ["pending", "drift", "pending", "out-of-order"],
      "B",
    ],
    [
      "a list named by its hash speaks at any age",
      ["B@10", "A@20"],
      ["pending", "inconsistent-replicas"],
      "A",
    ],
  ])("%s", (_name, words, reasons, believed) => {
    const outcome = run(words);
    expect(outcome.reasons).toEqual(reasons);
    expect(outcome.state.believed).toEqual(lists[believed]);
  });

  test("a pending list is kept with its count and the instant of its last sighting", () => {
    expect(run(["B@100"]).state.pending).toEqual({ ...lists.B, count: 1, sinceAtMs: t0 + 100_000 });
    expect(run(["B@100", "B@160"]).state).toEqual({
      believed: lists.B,
      believedAtMs: t0 + 160_000,
      pending: null,
    });
  });
});

describe("a new baseline of an unclaimed endpoint", () => {
  const believing = (list: keyof typeof lists, change: Partial<RegionToolList> = {}): RegionToolList => ({
    believed: lists[list],
    believedAtMs: t0,
    pending: null,
    ...change,
  });
  const day = t0 + 24 * HOUR_MS;

  test.each<[string, Record<string, RegionToolList>, number, keyof typeof lists | null]>([
    ["all regions on B for a day", { east: believing("B"), west: believing("B") }, day, "B"],
    ["a moment before", { east: believing("B"), west: believing("B") }, day - 1, null],
    [
      "one region younger",
      { east: believing("B"), west: believing("B", { believedAtMs: t0 + 1 }) },
      day,
      null,
    ],
    ["one region still on the baseline", { east: believing("B") }, day, null],
    ["regions that disagree", { east: believing("B"), west: believing("C") }, day, null],
    [
      "another list pending",
      { east: believing("B"), west: believing("B", { pending: { ...lists.C, count: 1, sinceAtMs: t0 } }) },
      day,
      null,
    ],
    ["all on the baseline", { east: believing("A"), west: believing("A") }, day, null],
  ])("%s", (_name, believed, nowMs, expected) => {
    const endpoint = {
      baseline: lists.A,
      regions: ["east", "west"],
      believed: new Map(Object.entries(believed)),
    };
    expect(decideNewBaseline(endpoint, nowMs)).toEqual(expected === null ? null : lists[expected]);
  });

  test("without regions nothing is accepted", () => {
    expect(decideNewBaseline({ baseline: lists.A, regions: [], believed: new Map() }, day)).toBeNull();
  });
});

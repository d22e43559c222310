import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decideGrouping,
  decideGroupUpdate,
  decideMemberResolve,
  GROUPING_POLICY,
  type LoneIncident,
  type OpenGroup,
} from "./group-incidents.ts";
import type { SharedCause } from "./shared-cause.ts";

const MINUTE_MS = 60_000;
const t0 = Date.UTC(2026, 10, 21, 3);
const host: SharedCause = "host:mcp.example.com";
const domain: SharedCause = "domain:example.com";
const failure: SharedCause = "failure:timeout@eu-west,us-east";

const lone = (
  id: string,
  afterMs = 0,
  causes: readonly SharedCause[] = [host, domain, failure],
): LoneIncident => ({
  incidentTenantId: id,
  endpointId: `e-${id}`,
  openedAtMs: t0 + afterMs,
  causes,
});
const group = (id: string, cause: SharedCause, members: number, lastAfterMs = 0): OpenGroup => ({
  groupId: id,
  cause,
  anchorId: `anchor-of-${id}`,
  lastJoinedAtMs: t0 + lastAfterMs,
  members,
});

test.each([
  ["nobody else", [], [], { kind: "alone", reason: "nothing_in_common" }],
  [
    "another on the same host",
    [],
    [lone("a")],
    { kind: "start", reason: "same_host", cause: host, anchorId: "a" },
  ],
  [
    "another of the same domain",
    [],
    [lone("a", 0, ["host:other.example.com", domain])],
    { kind: "start", reason: "same_domain", cause: domain, anchorId: "a" },
  ],
  [
    "another that fails in the same way from the same regions",
    [],
    [lone("a", 0, [failure])],
    { kind: "start", reason: "same_failure", cause: failure, anchorId: "a" },
  ],
  [
    "another elsewhere that fails otherwise",
    [],
    [lone("a", 0, ["host:x.example.net"])],
    { kind: "alone", reason: "nothing_in_common" },
  ],
  [
    "another five minutes ago",
    [],
    [lone("a", -5 * MINUTE_MS)],
    { kind: "start", reason: "same_host", cause: host, anchorId: "a" },
  ],
  [
    "another more than five minutes ago",
    [],
    [lone("a", -5 * MINUTE_MS - 1)],
    { kind: "alone", reason: "nothing_in_common" },
  ],
  [
    "two others: the first is the anchor",
    [],
    [lone("b", -1_000), lone("a", -2_000)],
    { kind: "start", reason: "same_host", cause: host, anchorId: "a" },
  ],
  [
    "the same endpoint a moment ago",
    [],
    [{ ...lone("a"), endpointId: "e-new" }],
    { kind: "alone", reason: "nothing_in_common" },
  ],
  [
    "a group of two",
    [group("g", host, 2)],
    [],
    { kind: "join", reason: "same_host", groupId: "g", anchorId: "anchor-of-g", message: "own" },
  ],
  [
    "a group of three",
    [group("g", host, 3)],
    [],
    { kind: "join", reason: "same_host", groupId: "g", anchorId: "anchor-of-g", message: "fold" },
  ],
  [
    "a group that nobody joined for five minutes",
    [group("g", host, 3, -5 * MINUTE_MS - 1)],
    [],
    { kind: "alone", reason: "nothing_in_common" },
  ],
  [
    "a wide group before a new narrow one",
    [group("g", domain, 3)],
    [lone("a")],
    { kind: "join", reason: "same_domain", groupId: "g", anchorId: "anchor-of-g", message: "fold" },
  ],
  [
    "a group of three that only fail in the same way",
    [group("g", failure, 3)],
    [],
    { kind: "join", reason: "same_failure", groupId: "g", anchorId: "anchor-of-g", message: "own" },
  ],
  [
    "a group of twenty that only fail in the same way",
    [group("g", failure, 20)],
    [],
    { kind: "join", reason: "same_failure", groupId: "g", anchorId: "anchor-of-g", message: "fold" },
  ],
  [
    "a narrow group before a wide one",
    [group("w", failure, 9), group("g", host, 1)],
    [],
    { kind: "join", reason: "same_host", groupId: "g", anchorId: "anchor-of-g", message: "own" },
  ],
] as const)("%s", (_name, groups, others, expected) => {
  expect(decideGrouping(lone("new"), { groups, lone: others })).toEqual(expected);
});

/** What a tenant gets when so many of its endpoints go down, one after the other, and recover in some order. */
function messagesOf(openings: readonly { id: string; atMs: number; causes: readonly SharedCause[] }[]): {
  readonly own: number;
  readonly updates: number;
} {
  const groups: (OpenGroup & { lastToldAtMs: number; told: number })[] = [];
  const alone: LoneIncident[] = [];
  let [own, updates] = [0, 0];
  for (const opening of openings) {
    const incident = { ...lone(opening.id), openedAtMs: opening.atMs, causes: opening.causes };
    const decision = decideGrouping(incident, { groups, lone: alone });
    if (decision.kind === "alone") {
      alone.push(incident);
      own += 1;
    } else if (decision.kind === "start") {
      const { cause, anchorId } = decision;
      groups.push({
        ...group(`g${groups.length}`, cause, 2),
        anchorId,
        lastJoinedAtMs: opening.atMs,
        lastToldAtMs: opening.atMs,
        told: 2,
      });
      own += 1;
    } else {
      const at = groups.findIndex(({ groupId }) => groupId === decision.groupId);
      const joined = { ...(groups[at] as (typeof groups)[number]), lastJoinedAtMs: opening.atMs };
      const members = joined.members + 1;
      own += Number(decision.message === "own");
      const update = decideGroupUpdate(
        { openMembers: members, openMembersTold: joined.told, lastToldAtMs: joined.lastToldAtMs },
        opening.atMs,
      );
      updates += Number(update.kind === "update");
      groups[at] = {
        ...joined,
        members,
        ...(update.kind === "update" ? { told: members, lastToldAtMs: opening.atMs } : {}),
      };
    }
  }
  return { own, updates };
}

describe("a storm", () => {
  test("5,000 endpoints on one host that go down within a minute are three messages and one update", () => {
    const storm = Array.from({ length: 5_000 }, (_, n) => ({
      id: `${n}`,
      atMs: t0 + n * 12,
      causes: [host, domain, failure],
    }));
    const { own, updates } = messagesOf(storm);
    expect(own).toBe(GROUPING_POLICY.toldOnesMax.host);
    // The last one, a minute after the third, is told by whoever sweeps.
    expect(updates).toBeLessThanOrEqual(1);
  });

  test("5,000 endpoints on different hosts that fail in the same way are 20 messages", () => {
    const storm = Array.from({ length: 5_000 }, (_, n) => ({
      id: `${n}`,
      atMs: t0 + n * 12,
      causes: [`host:h${n}.example`, `domain:h${n}.example`, failure] as const,
    }));
    expect(messagesOf(storm).own).toBe(GROUPING_POLICY.toldOnesMax.failure);
  });

  test("over any storm of one cause there are at most three messages and one update a minute", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 120_000 }), { minLength: 1, maxLength: 300 }), (gaps) => {
        let atMs = t0;
        const storm = gaps.map((gapMs, n) => {
          atMs += gapMs;
          return { id: `${n}`, atMs, causes: [host] };
        });
        const { own, updates } = messagesOf(storm);
        expect(own).toBeLessThanOrEqual(GROUPING_POLICY.toldOnesMax.host);
        expect(updates).toBeLessThanOrEqual(Math.ceil((atMs - t0) / GROUPING_POLICY.updateEveryMs));
      }),
    );
  });

  test("the order in which groups and lone incidents are listed changes nothing", () => {
    const causes = fc.subarray([host, domain, failure], { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ causes, afterMs: fc.integer({ min: -400_000, max: 0 }) }), { maxLength: 12 }),
        fc.array(
          fc.record({
            cause: fc.constantFrom(host, domain, failure),
            afterMs: fc.integer({ min: -400_000, max: 0 }),
            members: fc.integer({ min: 2, max: 9 }),
          }),
          { maxLength: 5 },
        ),
        (others, groups) => {
          const lones = others.map((other, n) => lone(`${n}`, other.afterMs, other.causes));
          const open = groups.map((one, n) => group(`g${n}`, one.cause, one.members, one.afterMs));
          expect(
            decideGrouping(lone("new"), { groups: open.toReversed(), lone: lones.toReversed() }),
          ).toEqual(decideGrouping(lone("new"), { groups: open, lone: lones }));
        },
      ),
    );
  });
});

test.each([
  ["as many as were told", 4, 4, 120, { kind: "none", reason: "nothing_new" }],
  ["one more, a minute after the last message", 5, 4, 60, { kind: "update", reason: "more_joined" }],
  [
    "one more, a moment after the last message",
    5,
    4,
    59,
    { kind: "wait", reason: "told_a_moment_ago", untilMs: t0 + MINUTE_MS },
  ],
  ["one fewer", 3, 4, 60, { kind: "update", reason: "some_recovered" }],
  [
    "the anchor's message named none, and there is only itself",
    1,
    null,
    60,
    { kind: "none", reason: "nothing_new" },
  ],
  [
    "the anchor's message named none, and there are two",
    2,
    null,
    60,
    { kind: "update", reason: "more_joined" },
  ],
] as const)("a group with %s", (_name, openMembers, openMembersTold, afterS, expected) => {
  expect(decideGroupUpdate({ openMembers, openMembersTold, lastToldAtMs: t0 }, t0 + afterS * 1_000)).toEqual(
    expected,
  );
});

const told = { isAnchor: false, isFolded: false, othersOpen: 3, foldedOpen: 2, isAnchorHeld: false };
test.each([
  ["one with a message of its own", told, true, false, false, "own_message"],
  [
    "the anchor while folded ones are down",
    { ...told, isAnchor: true },
    false,
    false,
    false,
    "folded_ones_still_down",
  ],
  [
    "the anchor when only told ones are down",
    { ...told, isAnchor: true, foldedOpen: 0 },
    true,
    false,
    false,
    "own_message",
  ],
  [
    "the anchor, last of all",
    { ...told, isAnchor: true, othersOpen: 0, foldedOpen: 0 },
    true,
    false,
    true,
    "all_recovered",
  ],
  ["a folded one", { ...told, isFolded: true }, false, false, false, "folded_into_group"],
  [
    "the last folded one after the anchor, a told one still down",
    { ...told, isFolded: true, foldedOpen: 0, othersOpen: 1, isAnchorHeld: true },
    false,
    true,
    false,
    "folded_into_group",
  ],
  [
    "the last of all after the anchor",
    { ...told, isFolded: true, foldedOpen: 0, othersOpen: 0, isAnchorHeld: true },
    false,
    true,
    true,
    "all_recovered",
  ],
] as const)("recovers: %s", (_name, member, resolvesOwn, resolvesAnchor, closesGroup, reason) => {
  expect(decideMemberResolve(member)).toEqual({ resolvesOwn, resolvesAnchor, closesGroup, reason });
});

test("while a folded one is down, the recovery of another keeps the anchor's message open", () => {
  const recovering = { isAnchor: false, isFolded: true, othersOpen: 1, foldedOpen: 1, isAnchorHeld: true };
  expect(decideMemberResolve(recovering).resolvesAnchor).toBe(false);
});

test("in whatever order members recover, every message that was sent is resolved exactly once and the group closes once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 12 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
      (count, rolls) => {
        const members = Array.from({ length: count }, (_, n) => ({
          id: n,
          isFolded: n >= GROUPING_POLICY.toldOnesMax.host,
        }));
        const order = members.toSorted(
          (a, b) => (rolls[a.id] as number) - (rolls[b.id] as number) || a.id - b.id,
        );
        const open = new Set(members);
        const resolved: number[] = [];
        let [isAnchorHeld, closed] = [false, 0];
        for (const member of order) {
          open.delete(member);
          const isAnchor = member.id === 0;
          const foldedOpen = [...open].filter(({ isFolded }) => isFolded).length;
          const decision = decideMemberResolve({
            isAnchor,
            isFolded: member.isFolded,
            othersOpen: open.size,
            foldedOpen,
            isAnchorHeld,
          });
          resolved.push(
            ...(decision.resolvesOwn ? [member.id] : []),
            ...(decision.resolvesAnchor ? [0] : []),
          );
          isAnchorHeld = decision.resolvesAnchor
            ? false
            : isAnchorHeld || (isAnchor && !decision.resolvesOwn);
          closed += Number(decision.closesGroup);
        }
        expect(resolved.sort()).toEqual(members.filter(({ isFolded }) => !isFolded).map(({ id }) => id));
        expect(closed).toBe(1);
      },
    ),
  );
});

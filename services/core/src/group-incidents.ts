/**
 * Endpoints of one tenant that fail together for one cause are told of as one. The first few are told of one by one:
 * nobody knows yet that more will follow. Then the message of the first, the group's anchor, is kept up to date with how
 * many there are, at most once a minute: 5,000 endpoints going down in a minute are a handful of messages.
 *
 * What folded endpoints do is told only on the anchor's thread, so that its resolve waits until all of them are well.
 */
import { kindOfCause, type SharedCause, type SharedCauseKind } from "./shared-cause.ts";

export interface GroupingPolicy {
  /** Who fails within so long of the last one that did belongs to it. */
  readonly windowMs: number;
  /** Members with a message of their own, by what they have in common. */
  readonly toldOnesMax: Readonly<Record<SharedCauseKind, number>>;
  /** The anchor's message is brought up to date at most so often. */
  readonly updateEveryMs: number;
}

const MINUTE_MS = 60_000;

export const GROUPING_POLICY: GroupingPolicy = {
  windowMs: 5 * MINUTE_MS,
  // Failing in the same way is little to have in common, and a folded page rings nobody: it only bounds a storm.
  toldOnesMax: { host: 3, domain: 3, issuer: 3, block: 3, provider: 3, failure: 20 },
  updateEveryMs: MINUTE_MS,
};

/** An incident of this tenant that opened a moment ago and is in no group. */
export interface LoneIncident {
  readonly incidentTenantId: string;
  readonly endpointId: string;
  readonly openedAtMs: number;
  readonly causes: readonly SharedCause[];
}

export interface OpenGroup {
  readonly groupId: string;
  readonly cause: SharedCause;
  /** Its first member, on whose thread the others are told of. */
  readonly anchorId: string;
  readonly lastJoinedAtMs: number;
  /** Members so far, well again or not. */
  readonly members: number;
}

export type GroupReason = `same_${SharedCauseKind}`;

export type GroupingDecision =
  | { readonly kind: "alone"; readonly reason: "nothing_in_common" }
  /** With one that was alone until now and becomes the anchor. */
  | {
      readonly kind: "start";
      readonly reason: GroupReason;
      readonly cause: SharedCause;
      readonly anchorId: string;
    }
  | {
      readonly kind: "join";
      readonly reason: GroupReason;
      readonly groupId: string;
      readonly anchorId: string;
      /** `own`: it has a message of its own. `fold`: the anchor's message says that there is one more. */
      readonly message: "own" | "fold";
    };

/**
 * Decides to what an incident that opens now belongs. An open group comes before a new one, the most specific cause
 * before the others. Ties go to who was first, then by id: the answer does not depend on the order of the lists.
 */
export function decideGrouping(
  opening: LoneIncident,
  around: { readonly groups: readonly OpenGroup[]; readonly lone: readonly LoneIncident[] },
  policy: GroupingPolicy = GROUPING_POLICY,
): GroupingDecision {
  const isNear = (atMs: number) => Math.abs(opening.openedAtMs - atMs) <= policy.windowMs;
  for (const cause of opening.causes) {
    const [group] = around.groups
      .filter((candidate) => candidate.cause === cause && isNear(candidate.lastJoinedAtMs))
      .sort((a, b) => b.lastJoinedAtMs - a.lastJoinedAtMs || (a.groupId < b.groupId ? -1 : 1));
    if (group) {
      const message = group.members < policy.toldOnesMax[kindOfCause(cause)] ? "own" : "fold";
      return {
        kind: "join",
        reason: reasonOf(cause),
        groupId: group.groupId,
        anchorId: group.anchorId,
        message,
      };
    }
  }
  for (const cause of opening.causes) {
    const [first] = around.lone
      .filter((other) => other.endpointId !== opening.endpointId)
      .filter((other) => other.causes.includes(cause) && isNear(other.openedAtMs))
      .sort((a, b) => a.openedAtMs - b.openedAtMs || (a.incidentTenantId < b.incidentTenantId ? -1 : 1));
    if (first) {
      return { kind: "start", reason: reasonOf(cause), cause, anchorId: first.incidentTenantId };
    }
  }
  return { kind: "alone", reason: "nothing_in_common" };
}

const reasonOf = (cause: SharedCause): GroupReason => `same_${kindOfCause(cause)}`;

export type GroupUpdateDecision =
  | { readonly kind: "update"; readonly reason: "more_joined" | "some_recovered" }
  | { readonly kind: "wait"; readonly reason: "told_a_moment_ago"; readonly untilMs: number }
  | { readonly kind: "none"; readonly reason: "nothing_new" };

/** Decides whether the anchor's message is brought up to date with how many of its group are down. */
export function decideGroupUpdate(
  group: {
    /** Members that are not well now, and how many the anchor's last message named; null: it named none. */
    readonly openMembers: number;
    readonly openMembersTold: number | null;
    readonly lastToldAtMs: number;
  },
  nowMs: number,
  policy: GroupingPolicy = GROUPING_POLICY,
): GroupUpdateDecision {
  const told = group.openMembersTold ?? 1;
  if (group.openMembers === told) {
    return { kind: "none", reason: "nothing_new" };
  }
  const untilMs = group.lastToldAtMs + policy.updateEveryMs;
  if (nowMs < untilMs) {
    return { kind: "wait", reason: "told_a_moment_ago", untilMs };
  }
  return { kind: "update", reason: group.openMembers > told ? "more_joined" : "some_recovered" };
}

export interface MemberResolveDecision {
  /** Whether its own message is resolved. */
  readonly resolvesOwn: boolean;
  /** Whether the anchor's is: the anchor recovered before, and nobody is left of whom only its message told. */
  readonly resolvesAnchor: boolean;
  readonly closesGroup: boolean;
  readonly reason: "own_message" | "folded_into_group" | "folded_ones_still_down" | "all_recovered";
}

/** Decides what the recovery of one member says. */
export function decideMemberResolve(member: {
  readonly isAnchor: boolean;
  readonly isFolded: boolean;
  /** Members that are not well, without this one. */
  readonly othersOpen: number;
  /** Those of them that have no message of their own. */
  readonly foldedOpen: number;
  /** The anchor recovered before, and its message was kept open. */
  readonly isAnchorHeld: boolean;
}): MemberResolveDecision {
  const isHeldBack = member.isAnchor && member.foldedOpen > 0;
  const closesGroup = member.othersOpen === 0;
  const reason = isHeldBack
    ? "folded_ones_still_down"
    : member.isFolded
      ? "folded_into_group"
      : "own_message";
  return {
    resolvesOwn: !member.isFolded && !isHeldBack,
    resolvesAnchor: member.isAnchorHeld && member.foldedOpen === 0,
    closesGroup,
    reason: closesGroup ? "all_recovered" : reason,
  };
}

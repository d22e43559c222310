import { decideMemberResolve } from "@alivemcp/core/group-incidents";
import type { IncidentTenantChange } from "@alivemcp/db/queries/incidents-system";
import type { AlertRequest } from "./alert-request.ts";
import type { Joined } from "./join-group.ts";
import type { AlertContext } from "./load-alert-context.ts";
import { folded, type Verdict } from "./verdict.ts";

/**
 * Folds what a group tells of already: only at sinks that were told of its anchor, for whoever was told of nothing would
 * otherwise be told of nothing at all.
 */
export function foldIntoGroup(
  context: AlertContext,
  { anchorId, reason, isFolded }: Joined,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  const told = context.told.get(anchorId) ?? [];
  return verdicts.map((verdict) => {
    const isTold = told.some(({ sinkId }) => sinkId === verdict.route.sinkId);
    return isFolded && isTold && verdict.message !== null ? folded(verdict, reason) : verdict;
  });
}

/**
 * What the end of an incident says while its group is not well: the anchor's message stays open as long as it is the
 * only one that tells of others.
 */
export function endInGroup(
  context: AlertContext,
  { alert, incident }: AlertRequest,
  row: IncidentTenantChange,
  verdicts: readonly Verdict[],
): readonly Verdict[] {
  const standing = context.standings.get(row.groupId ?? "");
  if (!standing || !incident || alert.event !== "incident.resolved") {
    return verdicts;
  }
  const isFolded = row.toldSeverity === null;
  standing.openMembers -= 1;
  standing.foldedOpen -= Number(isFolded);
  const { resolvesOwn, reason } = decideMemberResolve({
    isAnchor: standing.anchorId === row.id,
    isFolded,
    othersOpen: standing.openMembers,
    foldedOpen: standing.foldedOpen,
    isAnchorHeld: false,
  });
  if (resolvesOwn) {
    return verdicts;
  }
  return verdicts.map((verdict) =>
    verdict.message !== null || verdict.route.sinkId === null ? folded(verdict, reason) : verdict,
  );
}

import { incidentAlert } from "@alivemcp/core/alert-of-incident";
import { decideGroupUpdate } from "@alivemcp/core/group-incidents";
import {
  closeIncidentGroups,
  type GroupStanding,
  lockMembers,
  lockOpenGroups,
  noteGroupsTold,
} from "@alivemcp/db/queries/incident-groups-system";
import type { AlertRequest } from "../alerts/alert-request.ts";
import { type TellInTransactionDeps, tellInTransaction } from "../alerts/tell-in-transaction.ts";
import { knownIncidentOf } from "../incidents/known-incident.ts";

const TURN_MAX = 200;

type Anchor = Awaited<ReturnType<typeof lockMembers>>[number];

/**
 * Groups of endpoints that fail together: the message of the anchor is brought up to date with how many are not well, at
 * most once a minute; its end is told when nobody is left of whom only it told; a group of which all are well is closed.
 */
export function sweepGroups(deps: TellInTransactionDeps): Promise<number> {
  return tellInTransaction(deps, async (client, nowMs) => {
    const groups = await lockOpenGroups(client, { limit: TURN_MAX });
    const anchors = await lockMembers(
      client,
      groups.flatMap(({ anchorId }) => anchorId ?? []),
    );
    const anchorOf = new Map(anchors.map((anchor) => [anchor.row.id, anchor]));
    const judged = groups.map((group) => {
      const anchor = anchorOf.get(group.anchorId ?? "");
      return { group, news: anchor ? newsOf(group, anchor, nowMs) : null, anchor };
    });
    const updated = judged.filter(({ news }) => news === "together");
    await noteGroupsTold(
      client,
      updated.map(({ group }) => ({ groupId: group.groupId, members: group.openMembers })),
      nowMs,
    );
    await closeIncidentGroups(
      client,
      judged
        .filter(({ group, news }) => group.openMembers === 0 && news === null)
        .map(({ group }) => group.groupId),
      nowMs,
    );
    return judged.flatMap(({ group, anchor, news }) =>
      anchor && news ? [requestOf(group, anchor, news, nowMs)] : [],
    );
  });
}

function newsOf(group: GroupStanding, { row }: Anchor, nowMs: number): "together" | "resolved" | null {
  if (row.toldSeverity === null) {
    return null;
  }
  if (row.resolvedAtMs !== null) {
    return group.foldedOpen === 0 && !group.isAnchorsEndTold ? "resolved" : null;
  }
  const { openMembers, toldMembers, toldAtMs, openedAtMs } = group;
  const decision = decideGroupUpdate(
    { openMembers, openMembersTold: toldMembers, lastToldAtMs: toldAtMs ?? openedAtMs },
    nowMs,
  );
  return decision.kind === "update" ? "together" : null;
}

function requestOf(
  group: GroupStanding,
  { row, incident }: Anchor,
  news: "together" | "resolved",
  nowMs: number,
): AlertRequest {
  const facts = knownIncidentOf(incident);
  const isOver = news === "resolved";
  const told = { event: isOver ? "incident.resolved" : "incident.updated", news } as const;
  const step = isOver ? "group-resolved" : `together-${nowMs}`;
  return {
    alert: incidentAlert(told, facts, { ...row, incidentTenantId: row.id }, nowMs, step),
    // Its group is told of as a whole: who ends it is decided here.
    incident: {
      facts,
      row: { ...row, groupId: isOver ? null : row.groupId },
      endpointsTogether: group.openMembers,
    },
  };
}

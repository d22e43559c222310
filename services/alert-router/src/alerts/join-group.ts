import { randomUUID } from "node:crypto";
import { decideGrouping, type GroupingDecision, type LoneIncident } from "@alivemcp/core/group-incidents";
import { type SharedCause, sharedCausesOf } from "@alivemcp/core/shared-cause";
import type { NewIncidentGroup } from "@alivemcp/db/queries/incident-groups-system";
import type { AlertRequest } from "./alert-request.ts";
import type { Around } from "./around.ts";
import type { AlertContext } from "./load-alert-context.ts";

/** To what group an incident that opens belongs. */
export interface Joined {
  readonly groupId: string;
  readonly anchorId: string;
  readonly reason: Exclude<GroupingDecision["reason"], "nothing_in_common">;
  /** Who was told of the anchor is not told of it by a message of its own. */
  readonly isFolded: boolean;
  /** To be opened with it. */
  readonly started: NewIncidentGroup | null;
}

/** Puts an incident that opens to those of its tenant that failed a moment ago for the same cause; null: it is alone. */
export function joinGroup(context: AlertContext, { alert, incident }: AlertRequest): Joined | null {
  const endpoint = context.endpoints.get(alert.endpointId);
  const isOpening = alert.facts.kind === "incident" && alert.facts.news === "opened";
  if (!isOpening || !incident || !endpoint || alert.isTest) {
    return null;
  }
  const { failureReason, regions } = incident.facts;
  const opening: LoneIncident = {
    incidentTenantId: incident.row.id,
    endpointId: alert.endpointId,
    openedAtMs: incident.row.createdAtMs,
    causes: sharedCausesOf({ ...endpoint, failureReason, regions }),
  };
  const around = context.around.get(alert.tenantId) ?? { groups: [], lone: [] };
  context.around.set(alert.tenantId, around);
  const decision = decideGrouping(opening, around);
  switch (decision.kind) {
    case "alone":
      around.lone.push(opening);
      return null;
    case "join":
      return joined(around, decision, opening);
    case "start":
      return started(around, decision, opening, alert.tenantId);
  }
}

function joined(
  around: Around,
  { groupId, anchorId, reason, message }: Extract<GroupingDecision, { kind: "join" }>,
  { openedAtMs }: LoneIncident,
): Joined {
  const group = around.groups.find((one) => one.groupId === groupId);
  if (group) {
    group.members += 1;
    group.lastJoinedAtMs = Math.max(group.lastJoinedAtMs, openedAtMs);
  }
  return { groupId, anchorId, reason, isFolded: message === "fold", started: null };
}

function started(
  around: Around,
  { cause, anchorId, reason }: { cause: SharedCause; anchorId: string; reason: Joined["reason"] },
  { openedAtMs }: LoneIncident,
  tenantId: string,
): Joined {
  const groupId = randomUUID();
  around.groups.push({ groupId, cause, anchorId, lastJoinedAtMs: openedAtMs, members: 2 });
  around.lone = around.lone.filter(({ incidentTenantId }) => incidentTenantId !== anchorId);
  const group = { id: groupId, tenantId, cause, anchorId, openedAtMs };
  return { groupId, anchorId, reason, isFolded: false, started: group };
}

import { type AlertDecisionRow, listAlertDecisions } from "@alivemcp/db/queries/alert-decisions";
import { type DeliveryRow, listDeliveries } from "@alivemcp/db/queries/deliveries";
import {
  type IncidentEventRow,
  type IncidentRow,
  type IncidentUpdateRow,
  listIncidentEvents,
  listIncidents,
  listIncidentUpdates,
} from "@alivemcp/db/queries/incidents";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { getIncidentIn } from "./get-incident-in.ts";

/** One line of a timeline. `event`: what happened or was answered; the others are what we made of it. */
export type TimelineEntry =
  | { readonly kind: "event"; readonly atMs: number; readonly event: IncidentEventRow }
  | { readonly kind: "update"; readonly atMs: number; readonly update: IncidentUpdateRow }
  | { readonly kind: "delivery"; readonly atMs: number; readonly delivery: DeliveryRow }
  | { readonly kind: "decision"; readonly atMs: number; readonly decision: AlertDecisionRow };

export interface IncidentReading {
  readonly incident: IncidentRow;
  /** Oldest first. */
  readonly timeline: readonly TimelineEntry[];
  /** What the owner told the public, oldest first. */
  readonly updates: readonly IncidentUpdateRow[];
  /** Incidents of the workspace that began with this one for one cause, it included; itself alone without a group. */
  readonly together: readonly IncidentRow[];
}

/** Of each source, the newest. */
const ENTRIES_MAX = 200;

/** One incident with everything that happened to it and was made of it. Throws `not_found`. */
export function getIncident(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  id: string,
): Promise<IncidentReading> {
  const { scope } = caller;
  return read(deps, caller, "incident.read", async (tx) => {
    const incident = await getIncidentIn(scope, tx, id);
    const ofIncident = { incidentTenantId: incident.id };
    const page = { before: null, limit: ENTRIES_MAX };
    const events = await listIncidentEvents(scope, tx, incident.incidentId);
    const updates = await listIncidentUpdates(scope, tx, incident.incidentId);
    const deliveries = await listDeliveries(scope, tx, { filter: ofIncident, ...page });
    const decisions = await listAlertDecisions(scope, tx, {
      ...ofIncident,
      beforeId: null,
      limit: ENTRIES_MAX,
    });
    const { groupId } = incident;
    const together =
      groupId === null ? [incident] : await listIncidents(scope, tx, { filter: { groupId }, ...page });
    return { incident, timeline: merged({ events, updates, deliveries, decisions }), updates, together };
  });
}

function merged(from: {
  readonly events: readonly IncidentEventRow[];
  readonly updates: readonly IncidentUpdateRow[];
  readonly deliveries: readonly DeliveryRow[];
  readonly decisions: readonly AlertDecisionRow[];
}): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = [
    ...from.events.map((event) => ({ kind: "event" as const, atMs: event.atMs, event })),
    ...from.updates.map((update) => ({ kind: "update" as const, atMs: update.at.getTime(), update })),
    ...from.decisions.map((decision) => ({ kind: "decision" as const, atMs: decision.atMs, decision })),
    ...from.deliveries.map((delivery) => ({
      kind: "delivery" as const,
      atMs: delivery.settledAtMs ?? delivery.createdAtMs,
      delivery,
    })),
  ];
  return entries.toSorted((a, b) => a.atMs - b.atMs);
}

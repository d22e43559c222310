import { INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import {
  type IncidentPosition,
  type IncidentRow,
  listIncidents as listIncidentRows,
} from "@alivemcp/db/queries/incidents";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "../watched/find-watched.ts";

export const INCIDENT_STATES = ["open", "acknowledged", "resolved"] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Filters of a list, as they stand in a query string. */
export const incidentFilterSchema = z.object({
  state: z
    .enum(INCIDENT_STATES, { error: "The state is one of open, acknowledged and resolved." })
    .optional(),
  endpoint: z.string().min(1).max(200).optional(),
  severity: z.enum(INCIDENT_SEVERITIES, { error: "The severity is P1 or P2." }).optional(),
});
export type IncidentFilterQuery = z.output<typeof incidentFilterSchema>;

/** Where an incident stands for the tenant. An acknowledged one that is over is resolved. */
export const incidentState = (row: Pick<IncidentRow, "resolvedAtMs" | "acknowledgedAtMs">): IncidentState =>
  row.resolvedAtMs !== null ? "resolved" : row.acknowledgedAtMs !== null ? "acknowledged" : "open";

/** The tenant's incidents that pass the filter, newest first. Throws `not_found` for an endpoint it does not watch. */
export function listIncidents(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: {
    readonly filter: IncidentFilterQuery;
    readonly before: IncidentPosition | null;
    readonly limit: number;
  },
): Promise<IncidentRow[]> {
  const { endpoint, ...filter } = input.filter;
  return read(deps, caller, "incident.read", async (tx) => {
    const endpointId = endpoint === undefined ? undefined : (await findWatched(caller, tx, endpoint)).id;
    return listIncidentRows(caller.scope, tx, { ...input, filter: { ...filter, endpointId } });
  });
}

import { reasonSentence } from "@alivemcp/core/alert-words";
import { type AlertDecisionRow, listAlertDecisions } from "@alivemcp/db/queries/alert-decisions";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { getIncidentIn } from "../incidents/get-incident-in.ts";
import { read } from "../read.ts";
import { findWatched } from "../watched/find-watched.ts";

const word = z.string().min(1).max(200);

/** Filters of a list, as they stand in a query string. */
export const decisionFilterSchema = z.object({ endpoint: word.optional(), incident: word.optional() });
export type DecisionFilterQuery = z.output<typeof decisionFilterSchema>;

export interface ExplainedDecision extends AlertDecisionRow {
  /** Why, for people. */
  readonly sentence: string;
}

/**
 * Why somebody was, or was not, told: of an endpoint, an incident, or of everything, newest first; `beforeId` is the last
 * one of the page before. Throws `not_found` for what the filter names and the workspace has not.
 */
export function listDecisions(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: {
    readonly filter: DecisionFilterQuery;
    readonly beforeId: number | null;
    readonly limit: number;
  },
): Promise<ExplainedDecision[]> {
  const { endpoint, incident } = input.filter;
  return read(deps, caller, "incident.read", async (tx) => {
    const endpointId = endpoint === undefined ? undefined : (await findWatched(caller, tx, endpoint)).id;
    const incidentTenantId =
      incident === undefined ? undefined : (await getIncidentIn(caller.scope, tx, incident)).id;
    const rows = await listAlertDecisions(caller.scope, tx, { ...input, endpointId, incidentTenantId });
    return rows.map((row) => ({ ...row, sentence: reasonSentence(row.reason) ?? row.reason }));
  });
}

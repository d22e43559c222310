import type { IncidentRow } from "@alivemcp/db/queries/incidents";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { type IncidentFilterQuery, listIncidents } from "./list-incidents.ts";

/** A storm is cut here. */
const OPEN_MAX = 200;

/** The tenant's incidents that are not over, acknowledged or not, newest first; of each of the two at most 200. */
export async function listOpenIncidents(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  filter: Omit<IncidentFilterQuery, "state"> = {},
): Promise<readonly IncidentRow[]> {
  const lists = await Promise.all(
    (["open", "acknowledged"] as const).map((state) =>
      listIncidents(deps, caller, { filter: { ...filter, state }, before: null, limit: OPEN_MAX }),
    ),
  );
  return lists.flat().toSorted((a, b) => b.openedAtMs - a.openedAtMs);
}

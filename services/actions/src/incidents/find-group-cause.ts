import { findGroupCause as findRow } from "@alivemcp/db/queries/incident-groups";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** What incidents that fail together have in common, such as `host:mcp.example.com`; null for a group that is gone. */
export const findGroupCause = (
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  groupId: string,
): Promise<string | null> => read(deps, caller, "incident.read", (tx) => findRow(caller.scope, tx, groupId));

import { listStatusPages as listPages, type StatusPageRow } from "@alivemcp/db/queries/status-pages";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { getStatusPageIn } from "./change-status-page.ts";

/** All of the workspace, the oldest first. */
export function listStatusPages(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<StatusPageRow[]> {
  return read(deps, caller, "workspace.read", (tx) => listPages(caller.scope, tx));
}

/** Throws `not_found`. */
export function getStatusPage(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slug: string,
): Promise<StatusPageRow> {
  return read(deps, caller, "workspace.read", (tx) => getStatusPageIn(caller.scope, tx, slug));
}

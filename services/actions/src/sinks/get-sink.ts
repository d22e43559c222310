import { AppError } from "@alivemcp/core/app-error";
import { isUuid } from "@alivemcp/core/uuid";
import { findSink, listSinks as listSinkRows, type SinkRow } from "@alivemcp/db/queries/sinks";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** The workspace's sinks, the default first. Nothing of them opens them. */
export function listSinks(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<SinkRow[]> {
  return read(deps, caller, "sink.list", (tx) => listSinkRows(caller.scope, tx));
}

/** One sink of the workspace. Throws `not_found`. */
export function getSink(deps: Pick<ActionDeps, "pool">, caller: Caller, id: string): Promise<SinkRow> {
  return read(deps, caller, "sink.list", (tx) => getSinkIn(caller.scope, tx, id));
}

/** The same inside a transaction of the caller's. */
export async function getSinkIn(scope: TenantScope, tx: Tx, id: string): Promise<SinkRow> {
  const row = isUuid(id) ? await findSink(scope, tx, id) : null;
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such sink",
      public: "There is no such sink in this workspace.",
    });
  }
  return row;
}

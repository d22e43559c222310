import { AppError } from "@alivemcp/core/app-error";
import { type EndpointRow, findEndpoint } from "@alivemcp/db/queries/endpoints";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/**
 * One endpoint of the caller's tenant by slug, id, or a slug that it had before: compare `slug` to send a reader on to
 * the present one. Throws `not_found`.
 */
export function getEndpoint(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slugOrId: string,
): Promise<EndpointRow> {
  return read(deps, caller, "endpoint.read", (tx) => getEndpointIn(caller.scope, tx, slugOrId));
}

/** The same inside a transaction of the caller's. */
export async function getEndpointIn(scope: TenantScope, tx: Tx, slugOrId: string): Promise<EndpointRow> {
  const row = await findEndpoint(scope, tx, slugOrId);
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such endpoint",
      public: "There is no such endpoint.",
    });
  }
  return row;
}

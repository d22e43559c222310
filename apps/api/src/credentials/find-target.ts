import type { Caller } from "@alivemcp/actions/caller";
import { requirePermission } from "@alivemcp/actions/require-permission";
import { AppError } from "@alivemcp/core/app-error";
import { type EndpointRow, findEndpoint } from "@alivemcp/db/queries/endpoints";
import { withTenant } from "@alivemcp/db/tenant-scope";
import type { Deps } from "../deps.ts";

/**
 * The caller's endpoint whose credential is about to be written, read before anybody outside is asked. Throws
 * `forbidden` and `not_found`.
 */
export async function findTarget(
  deps: Pick<Deps, "pool">,
  caller: Caller,
  slugOrId: string,
): Promise<EndpointRow> {
  requirePermission(caller, "credential.write");
  const endpoint = await withTenant(caller.scope, deps.pool, (tx) =>
    findEndpoint(caller.scope, tx, slugOrId),
  );
  if (endpoint === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such endpoint",
      public: "There is no such endpoint.",
    });
  }
  return endpoint;
}

import { AppError } from "@alivemcp/core/app-error";
import { findTenant, type Tenant } from "@alivemcp/db/queries/tenants";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

/** The caller's workspace. Throws `not_found` when it was erased meanwhile. */
export function getWorkspace(deps: Pick<ActionDeps, "pool">, caller: Caller): Promise<Tenant> {
  return read(deps, caller, "workspace.read", async (tx) => {
    const tenant = await findTenant(caller.scope, tx);
    if (tenant === null) {
      throw new AppError({
        code: "not_found",
        internal: "tenant is gone",
        public: "There is no such workspace.",
      });
    }
    return tenant;
  });
}

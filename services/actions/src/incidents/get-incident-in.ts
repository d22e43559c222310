import { AppError } from "@alivemcp/core/app-error";
import { isUuid } from "@alivemcp/core/uuid";
import { findIncident, type IncidentRow } from "@alivemcp/db/queries/incidents";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";

/** One incident of the tenant. Throws `not_found` for every other, taken or not. */
export async function getIncidentIn(scope: TenantScope, tx: Tx, id: string): Promise<IncidentRow> {
  const row = isUuid(id) ? await findIncident(scope, tx, id) : null;
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such incident",
      public: "There is no such incident in this workspace.",
    });
  }
  return row;
}

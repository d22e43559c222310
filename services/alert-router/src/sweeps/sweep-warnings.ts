import { alertOfDrift } from "@alivemcp/core/alert-of-drift";
import { alertOfExpiry, EXPIRY_STEP_DAYS } from "@alivemcp/core/alert-of-expiry";
import { lockTenantAlerts } from "@alivemcp/db/queries/alert-policy-system";
import { listExpiriesToTell, takeDriftToTell } from "@alivemcp/db/queries/alert-sources-system";
import { type TellInTransactionDeps, tellInTransaction } from "../alerts/tell-in-transaction.ts";

const TURN_MAX = 200;

/** Drift that the archiver found, to owner and followers. */
export function sweepDrift(deps: TellInTransactionDeps): Promise<number> {
  return tellInTransaction(deps, async (client, atMs) => {
    const drift = await takeDriftToTell(client, { atMs, limit: TURN_MAX });
    return drift.flatMap((event) =>
      event.tenantIds.map((tenantId) => ({
        alert: alertOfDrift(event, { tenantId, endpointId: event.endpointId }),
        incident: null,
      })),
    );
  });
}

/** Certificates and credentials that end soon, to the owner, once at each step. */
export function sweepExpiries(deps: TellInTransactionDeps): Promise<number> {
  return tellInTransaction(deps, async (client, atMs) => {
    const input = { atMs, limit: TURN_MAX, stepDays: EXPIRY_STEP_DAYS };
    const found = await listExpiriesToTell(client, input);
    // Asked again under the tenants' locks: another router may have told meanwhile.
    await lockTenantAlerts(
      client,
      found.map(({ tenantId }) => tenantId),
    );
    const due = found.length === 0 ? [] : await listExpiriesToTell(client, input);
    return due.flatMap(({ tenantId, ...expiring }) => {
      const alert = alertOfExpiry({ ...expiring, isRenewedByUs: false }, tenantId, atMs);
      return alert === null ? [] : [{ alert, incident: null }];
    });
  });
}

import { GROUPING_POLICY } from "@alivemcp/core/group-incidents";
import { type SharedCause, sharedCausesOf } from "@alivemcp/core/shared-cause";
import { FAILURE_REASONS } from "@alivemcp/core/states";
import { listOpenGroups, lockLoneIncidents } from "@alivemcp/db/queries/incident-groups-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { Around } from "./around.ts";

/** What of the tenants of incidents that open failed a moment ago, in groups or alone; by tenant. */
export async function loadAround(
  client: PoolClient,
  openings: readonly { readonly tenantId: string; readonly incidentTenantId: string }[],
  nowMs: number,
): Promise<Map<string, Around>> {
  if (openings.length === 0) {
    return new Map();
  }
  const tenantIds = [...new Set(openings.map(({ tenantId }) => tenantId))];
  const sinceMs = nowMs - GROUPING_POLICY.windowMs;
  const groups = await listOpenGroups(client, { tenantIds, joinedAfterMs: sinceMs });
  const exceptIds = openings.map(({ incidentTenantId }) => incidentTenantId);
  const lone = await lockLoneIncidents(client, { tenantIds, openedAfterMs: sinceMs, exceptIds });
  return new Map(
    tenantIds.map((tenantId): [string, Around] => [
      tenantId,
      {
        groups: groups
          .filter((group) => group.tenantId === tenantId)
          .map((group) => ({ ...group, cause: group.cause as SharedCause })),
        lone: lone
          .filter((one) => one.tenantId === tenantId)
          .map((one) => {
            const failureReason = FAILURE_REASONS.find((reason) => reason === one.failureReason) ?? null;
            return { ...one, causes: sharedCausesOf({ ...one, failureReason }) };
          }),
      },
    ]),
  );
}

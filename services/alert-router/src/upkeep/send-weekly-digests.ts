import { DIGEST_ENTRIES_MAX, weeklyDigest } from "@alivemcp/core/digest";
import { lastWeeklyDigestAtMs } from "@alivemcp/core/digest-due";
import { isTimeZone } from "@alivemcp/core/local-time";
import { lockTenantAlerts } from "@alivemcp/db/queries/alert-policy-system";
import type { QueuedDelivery } from "@alivemcp/db/queries/deliveries-system";
import {
  claimWeek,
  listWeeklyTenants,
  listWorkspaceSinks,
  readTenantWeek,
  type TenantWeek,
  type WeeklyTenant,
} from "@alivemcp/db/queries/digests-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import { enqueueDeliveries } from "../deliver/enqueue-deliveries.ts";
import { promiseMessages } from "./promise-messages.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

const DAY_MS = 86_400_000;
/** Shorter than the shortest week between two Mondays at eight, whatever clocks do. */
const LOOK_AGAIN_AFTER_MS = 6 * DAY_MS;
/** A digest that could not go out on its day is not worth sending. */
const LATE_MS_MAX = DAY_MS;
const BATCH_MAX = 200;
const BATCHES_MAX = 500;
const ZERO_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Sends every workspace its week on Monday at 08:00 of its zone. The claim of the week and the messages are one
 * transaction: a crash leaves the week unclaimed, a second run finds it claimed. The week in which a workspace was made,
 * or we were away for the whole Monday, is skipped.
 */
export async function sendWeeklyDigests(deps: UpkeepDeps): Promise<number> {
  const nowMs = deps.clock.nowMs();
  let [afterId, sent] = [ZERO_ID, 0];
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const tenants = await listWeeklyTenants(deps.pool, {
      lookedBeforeMs: nowMs - LOOK_AGAIN_AFTER_MS,
      afterId,
      limit: BATCH_MAX,
    });
    for (const tenant of tenants) {
      sent += await lookAtWeek(deps, tenant, nowMs);
    }
    const last = tenants.at(-1);
    if (last === undefined || tenants.length < BATCH_MAX) {
      return sent;
    }
    afterId = last.tenantId;
  }
  return sent;
}

async function lookAtWeek(deps: UpkeepDeps, tenant: WeeklyTenant, nowMs: number): Promise<number> {
  const dueAtMs = lastWeeklyDigestAtMs(nowMs, isTimeZone(tenant.timeZone) ? tenant.timeZone : "UTC");
  if (tenant.lookedAtMs !== null && tenant.lookedAtMs >= dueAtMs) {
    return 0;
  }
  const queued = await inTransaction(deps.pool, async (client) => {
    await lockTenantAlerts(client, [tenant.tenantId]);
    const isClaimed = await claimWeek(client, { tenantId: tenant.tenantId, dueAtMs });
    const isWorthIt = tenant.lookedAtMs !== null && nowMs - dueAtMs < LATE_MS_MAX;
    return isClaimed && isWorthIt ? promiseWeek(deps, client, { tenant, dueAtMs, nowMs }) : [];
  });
  await enqueueDeliveries(deps, queued);
  return queued.length;
}

async function promiseWeek(
  deps: UpkeepDeps,
  client: PoolClient,
  { tenant, dueAtMs, nowMs }: { tenant: WeeklyTenant; dueAtMs: number; nowMs: number },
): Promise<readonly QueuedDelivery[]> {
  const { tenantId } = tenant;
  const home = `${deps.places.appUrl}/w/${encodeURIComponent(tenant.workspaceSlug)}`;
  const week = await readTenantWeek(client, { tenantId, untilMs: dueAtMs, smallLimit: DIGEST_ENTRIES_MAX });
  const message = weeklyDigest(
    {
      small: week.small.map((one) => ({ title: titleOf(one), atMs: one.atMs, url: null })),
      smallTotal: week.smallTotal,
      incidents: week.incidents,
      uptimes: week.endpoints.map(({ name, goodMinutes, countedMinutes }) => ({
        name,
        uptimeRatio: countedMinutes === 0 ? null : goodMinutes / countedMinutes,
      })),
    },
    { dedupKey: `digest:weekly:${dueAtMs}`, atMs: nowMs, listUrl: home },
  );
  if (message === null) {
    return [];
  }
  const sinks = await listWorkspaceSinks(client, { tenantIds: [tenantId], severity: "P4" });
  return promiseMessages(
    client,
    sinks.map((sink) => ({ sink, alertKey: message.dedupKey, message })),
    nowMs,
  );
}

function titleOf({ event, endpointName }: TenantWeek["small"][number]): string {
  const name = endpointName ?? "An endpoint that is gone";
  return event === "drift.detected"
    ? `${name}: tools changed, breaking nobody`
    : `${name}: a blip that healed before it was confirmed`;
}

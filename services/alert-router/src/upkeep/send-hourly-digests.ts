import { DIGEST_ENTRIES_MAX, hourlyDigest } from "@alivemcp/core/digest";
import { decideHourlyDigest } from "@alivemcp/core/digest-due";
import { invariant } from "@alivemcp/core/invariant";
import { PLANS } from "@alivemcp/core/plans";
import { lockTenantAlerts } from "@alivemcp/db/queries/alert-policy-system";
import {
  type FoldedSink,
  HOURLY_DIGEST_KEY,
  listFoldedDeliveries,
  listFoldedSinks,
  markDigested,
} from "@alivemcp/db/queries/digests-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { enqueueDeliveries } from "../deliver/enqueue-deliveries.ts";
import { promiseMessages } from "./promise-messages.ts";
import type { UpkeepDeps } from "./upkeep-deps.ts";

/** Reasons of `BudgetReason` for which a message waits in state `folded` for its digest. */
const FOLDED_REASONS = ["over_budget", "far_over_budget", "opening_was_folded"];
const URGENT_REASONS = ["far_over_budget"];
const SINKS_MAX = 1_000;

/**
 * Sends what was folded over the budget, per sink, when it is due. Each digest and the mark on what it tells of are one
 * transaction under the tenant's lock: a crash leaves both undone, a second run finds nothing left.
 */
export async function sendHourlyDigests(deps: UpkeepDeps): Promise<number> {
  const nowMs = deps.clock.nowMs();
  const folded = await listFoldedSinks(deps.pool, {
    reasons: FOLDED_REASONS,
    urgentReasons: URGENT_REASONS,
    limit: SINKS_MAX,
  });
  let sent = 0;
  for (const sink of folded.filter((one) => decideHourlyDigest(one, nowMs).isDue)) {
    sent += Number(await sendOne(deps, sink, nowMs));
  }
  return sent;
}

async function sendOne(deps: UpkeepDeps, sink: FoldedSink, nowMs: number): Promise<boolean> {
  const queued = await inTransaction(deps.pool, async (client) => {
    await lockTenantAlerts(client, [sink.tenantId]);
    const { rows, total } = await listFoldedDeliveries(client, {
      sinkId: sink.sinkId,
      reasons: FOLDED_REASONS,
      limit: DIGEST_ENTRIES_MAX,
    });
    const message = hourlyDigest(rows, {
      dedupKey: `${HOURLY_DIGEST_KEY}${nowMs}`,
      atMs: nowMs,
      listUrl: `${deps.places.appUrl}/w/${encodeURIComponent(sink.workspaceSlug)}/deliveries`,
      total,
      alertsPerDayMax: PLANS[sink.plan].alertsPerDayMax,
    });
    if (message === null) {
      return [];
    }
    const made = await promiseMessages(client, [{ sink, alertKey: message.dedupKey, message }], nowMs);
    const [digest] = made;
    if (digest) {
      const marked = await markDigested(client, {
        sinkId: sink.sinkId,
        reasons: FOLDED_REASONS,
        digestId: digest.id,
      });
      invariant(marked === total, "a digest tells of exactly what is marked with it");
    }
    return made;
  });
  await enqueueDeliveries(deps, queued);
  return queued.length > 0;
}

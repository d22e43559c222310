import {
  insertAlertDecisions,
  insertDeliveries,
  type NewAlertDecision,
  type QueuedDelivery,
} from "@alivemcp/db/queries/deliveries-system";
import { insertIncidentGroups } from "@alivemcp/db/queries/incident-groups-system";
import { updateIncidentTenants } from "@alivemcp/db/queries/incidents-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import { type EnqueueDeps, enqueueDeliveries } from "../deliver/enqueue-deliveries.ts";
import type { Deps } from "../deps.ts";
import { within } from "../within.ts";
import type { AlertRequest } from "./alert-request.ts";
import { decideAlerts } from "./decide-alerts.ts";
import { ensureDefaultSinks } from "./ensure-default-sinks.ts";
import { joinClusters } from "./join-clusters.ts";
import { loadAlertContext } from "./load-alert-context.ts";
import type { MessageDeps } from "./message-of-alert.ts";

const QUEUE_TIMEOUT_MS = 2_000;

export type TellDeps = MessageDeps & Pick<Deps, "sinkKeys" | "regions">;

/** What was written: to be counted and handed to the queue once it is committed. */
export interface Told {
  readonly deliveries: readonly QueuedDelivery[];
  readonly decisions: readonly Pick<NewAlertDecision, "verdict" | "reason">[];
}

export const NOBODY_TOLD: Told = { deliveries: [], decisions: [] };

/**
 * Decides alerts and writes, in the caller's transaction, why everybody is told or not and every message that is to be
 * sent. Telling twice adds nothing.
 */
export async function tellAlerts(
  deps: TellDeps,
  client: PoolClient,
  asked: readonly AlertRequest[],
  nowMs: number,
): Promise<Told> {
  if (asked.length === 0) {
    return NOBODY_TOLD;
  }
  const requests = await joinClusters(deps, client, asked, nowMs);
  const tenantIds = requests.map(({ alert }) => alert.tenantId);
  await ensureDefaultSinks(client, { keys: deps.sinkKeys, tenantIds, nowMs });
  const context = await loadAlertContext(
    client,
    {
      tenantIds,
      endpointIds: requests.map(({ alert }) => alert.endpointId),
      incidentTenantIds: requests.flatMap(({ incident }) => incident?.row.id ?? []),
      incidentIds: requests.flatMap(({ incident }) => incident?.facts.id ?? []),
      groupIds: requests.flatMap(({ alert, incident }) =>
        alert.event === "incident.resolved" ? (incident?.row.groupId ?? []) : [],
      ),
      openings: requests.flatMap(({ alert, incident }) =>
        alert.event === "incident.opened" && incident && !alert.isTest
          ? [{ tenantId: alert.tenantId, incidentTenantId: incident.row.id }]
          : [],
      ),
    },
    nowMs,
  );
  const { decisions, deliveries, groups, incidentTenants } = decideAlerts(deps, context, requests, nowMs);
  await insertIncidentGroups(client, groups);
  await insertAlertDecisions(client, decisions);
  const queued = await insertDeliveries(client, deliveries);
  await updateIncidentTenants(client, incidentTenants);
  return { deliveries: queued, decisions };
}

/**
 * After the commit: counts what was decided and puts a job for each message into the queue. A job that gets lost here is
 * made by the sweeper, since the rows are the promise.
 */
export async function announceTold(
  deps: EnqueueDeps & Pick<Deps, "metrics" | "log">,
  { deliveries, decisions }: Told,
): Promise<void> {
  for (const { verdict, reason } of decisions) {
    deps.metrics.alertDecisions.inc({ verdict, reason });
  }
  deps.metrics.deliveriesQueued.inc(deliveries.length);
  await within(QUEUE_TIMEOUT_MS, "adding delivery jobs", enqueueDeliveries(deps, deliveries)).catch((err) =>
    deps.log.warn({ err, deliveries: deliveries.length }, "messages wait for the sweeper"),
  );
}

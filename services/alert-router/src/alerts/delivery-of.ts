import { randomUUID } from "node:crypto";
import { deliveryPriority, laneOf, lanesAhead } from "@alivemcp/core/delivery-order";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import { invariant } from "@alivemcp/core/invariant";
import type { NewDelivery } from "@alivemcp/db/queries/deliveries-system";
import type { AlertRequest } from "./alert-request.ts";
import type { AlertContext, TenantPolicy } from "./load-alert-context.ts";
import { type MessageDeps, messageOfAlert } from "./message-of-alert.ts";
import type { Verdict } from "./verdict.ts";

/** What is sent waits to be sent; what the budget folds waits for its digest. Everything else leaves no message. */
export function deliveryOf(
  deps: MessageDeps,
  context: AlertContext,
  policy: TenantPolicy,
  request: AlertRequest,
  { route, message, reason }: Verdict,
  nowMs: number,
): readonly NewDelivery[] {
  if (message === null || route.sinkId === null) {
    return [];
  }
  const { alert, incident } = request;
  const sink = policy.sinks.find(({ id }) => id === route.sinkId);
  const endpoint = context.endpoints.get(alert.endpointId);
  invariant(sink && endpoint, "routing chose a sink of the tenant and an endpoint that is there");
  const isFolded = message === "folded";
  const lane = laneOf(route.event, alert.severity);
  const ahead = lanesAhead(lane).reduce((sum, one) => sum + policy.pending[one], 0);
  policy.pending[lane] += Number(!isFolded);
  return [
    {
      id: randomUUID(),
      tenantId: alert.tenantId,
      sinkId: sink.id,
      incidentTenantId: incident?.row.id ?? null,
      endpointId: alert.endpointId,
      alertKey: alert.alertKey,
      dedupKey: alert.dedupKey,
      severity: alert.severity,
      message: messageOfAlert(deps, {
        request,
        endpoint,
        workspaceSlug: policy.slug,
        event: route.event,
        update: context.updates.get(incident?.facts.id ?? "") ?? null,
        nowMs,
      }),
      state: message,
      reason: isFolded ? reason : null,
      priority: deliveryPriority(lane, ahead),
      atMs: nowMs,
      dueAtMs: nowMs,
      deadlineAtMs: deadlineAtMsOf(route.event, sink.kind, nowMs),
    },
  ];
}

/** A page that its sink does not take goes to the tenant's other verified sinks, once, and says why it is there. */
import { randomUUID } from "node:crypto";
import { type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";
import { deliveryPriority, laneOf } from "@alivemcp/core/delivery-order";
import { deadlineAtMsOf, decideDeliveryEscalation, ESCALATE_AFTER_MS } from "@alivemcp/core/delivery-promise";
import {
  insertAlertDecisions,
  insertDeliveries,
  type NewDelivery,
} from "@alivemcp/db/queries/deliveries-system";
import { lockPage, markEscalated, type PageToEscalate } from "@alivemcp/db/queries/delivery-leases-system";
import { listOtherSinks, type OtherSink } from "@alivemcp/db/queries/sinks-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { DeliverDeps } from "./deliver-deps.ts";

const FACTS_MAX = 10;
const NAME_CHARS_MAX = 100;

/**
 * Lets one message take its detour if it is due; a sink that got the same alert by rule gets it no second time. Inside a
 * transaction, in which the message is locked until commit.
 */
export async function escalatePage(
  deps: Pick<DeliverDeps, "metrics">,
  client: PoolClient,
  input: { readonly id: string; readonly atMs: number },
): Promise<void> {
  const page = await lockPage(client, input.id);
  const message = alertMessageSchema.safeParse(page?.message);
  if (page === null || !message.success || !isDue(page, input.atMs)) {
    return;
  }
  const others = await listOtherSinks(client, page);
  const detours = others.map((other) => detourOf(page, message.data, other, input.atMs));
  const made = (await insertDeliveries(client, detours)).map(({ id }) => id);
  await insertAlertDecisions(
    client,
    detours.filter(({ id }) => made.includes(id)).map((detour) => decisionOf(page, detour)),
  );
  await markEscalated(client, { id: page.id, atMs: input.atMs, detourIds: made });
  deps.metrics.detours.inc(made.length);
}

/** One that was cancelled because its sink was given up is as undelivered as one that failed. */
function isDue(page: PageToEscalate, nowMs: number): boolean {
  const state = page.state === "cancelled" ? "failed" : page.state;
  return decideDeliveryEscalation({ ...page, state, isDetour: page.detourOf !== null }, nowMs).isDue;
}

function detourOf(page: PageToEscalate, message: AlertMessage, other: OtherSink, atMs: number): NewDelivery {
  const { tenantId, incidentTenantId, endpointId, alertKey, dedupKey, severity } = page;
  const name = page.sinkName.slice(0, NAME_CHARS_MAX);
  const value =
    page.state === "pending"
      ? `It could not be delivered to ${name} within ${ESCALATE_AFTER_MS / 60_000} minutes.`
      : `It could not be delivered to ${name}.`;
  return {
    id: randomUUID(),
    tenantId,
    sinkId: other.id,
    incidentTenantId,
    endpointId,
    alertKey,
    dedupKey,
    severity,
    message: { ...message, facts: [{ label: "Why here", value }, ...message.facts].slice(0, FACTS_MAX) },
    state: "pending",
    reason: "detour",
    priority: deliveryPriority(laneOf(message.event, severity), 0),
    atMs,
    dueAtMs: atMs,
    deadlineAtMs: deadlineAtMsOf(message.event, other.kind, atMs),
  };
}

function decisionOf(page: PageToEscalate, detour: NewDelivery) {
  const { tenantId, endpointId, incidentTenantId, alertKey, sinkId, atMs, message } = detour;
  return {
    tenantId,
    atMs,
    endpointId,
    incidentTenantId,
    alertKey,
    event: message.event,
    severity: detour.severity ?? "P1",
    sinkId,
    ruleId: null,
    verdict: "send" as const,
    reason: "undelivered-elsewhere",
    facts: { detourOf: page.id, sinkId: page.sinkId },
  };
}

import { randomUUID } from "node:crypto";
import { ALERT_MESSAGE_VERSION, type AlertMessage } from "@alivemcp/core/alert-message";
import { deliveryPriority, laneOf } from "@alivemcp/core/delivery-order";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import type { SinkDisabledReason } from "@alivemcp/core/judge-sink-health";
import { publicLine } from "@alivemcp/core/public-text";
import { SINK_KIND_FACTS } from "@alivemcp/core/sink-kind";
import { insertDeliveries } from "@alivemcp/db/queries/deliveries-system";
import type { LeasedDelivery } from "@alivemcp/db/queries/delivery-leases-system";
import { listOtherSinks } from "@alivemcp/db/queries/sinks-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { DeliverDeps } from "./deliver-deps.ts";

const WHY: Readonly<Record<SinkDisabledReason, string>> = {
  refused_for_good: "Its receiver said that it takes no messages from here any more.",
  failing_for_days: "It has taken no message for five days.",
  recheck_refused: "When asked in silence whether it is still there, its receiver said no.",
};

/**
 * Tells the owner of a sink that was just disabled, through another verified one: the default e-mail first. Without any
 * other the dashboard alone tells it.
 */
export async function noticeSinkDisabled(
  deps: Pick<DeliverDeps, "appUrl" | "log">,
  client: PoolClient,
  input: {
    readonly delivery: Pick<LeasedDelivery, "tenantId" | "tenantSlug"> & {
      readonly sink: Pick<LeasedDelivery["sink"], "id" | "kind" | "name" | "version">;
    };
    readonly reason: SinkDisabledReason;
    readonly atMs: number;
  },
): Promise<void> {
  const { tenantId, tenantSlug, sink } = input.delivery;
  const [other] = await listOtherSinks(client, { tenantId, sinkId: sink.id });
  if (other === undefined) {
    deps.log.warn(
      { tenantId, sinkId: sink.id },
      "a sink was disabled and its tenant has no other to be told through",
    );
    return;
  }
  const message = messageOf(sink, `${deps.appUrl}/w/${tenantSlug}/sinks/${sink.id}`, input);
  await insertDeliveries(client, [
    {
      id: randomUUID(),
      tenantId,
      sinkId: other.id,
      incidentTenantId: null,
      endpointId: null,
      // Disabled again after it was proven again, it is told again.
      alertKey: `sink-disabled:${sink.id}:${input.atMs}`,
      dedupKey: message.dedupKey,
      severity: null,
      message,
      state: "pending",
      reason: null,
      priority: deliveryPriority(laneOf("notice", null), 0),
      atMs: input.atMs,
      dueAtMs: input.atMs,
      deadlineAtMs: deadlineAtMsOf("notice", other.kind, input.atMs),
    },
  ]);
}

function messageOf(
  sink: Pick<LeasedDelivery["sink"], "id" | "kind" | "name">,
  url: string,
  { reason, atMs }: { readonly reason: SinkDisabledReason; readonly atMs: number },
): AlertMessage {
  const { label } = SINK_KIND_FACTS[sink.kind];
  const name = publicLine(sink.name, 80);
  return {
    v: ALERT_MESSAGE_VERSION,
    event: "notice",
    severity: null,
    dedupKey: `sink-disabled:${sink.id}`,
    title: `Alerts no longer reach ${name}`,
    summary: `${WHY[reason]} It was disabled, and nothing is sent there until it is verified again.`,
    atMs,
    isTest: false,
    isWorse: false,
    endpoint: null,
    incident: null,
    facts: [
      { label: "Sink", value: name },
      { label: "Kind", value: label },
    ],
    links: [{ label: "This sink", url }],
    entries: [],
    entriesLeftOut: 0,
    proof: null,
  };
}

import { randomUUID } from "node:crypto";
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { deliveryPriority, laneOf } from "@alivemcp/core/delivery-order";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import {
  insertDeliveries,
  type NewDelivery,
  type QueuedDelivery,
} from "@alivemcp/db/queries/deliveries-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";

/** A message about no single endpoint, and where it goes. */
export interface WorkspaceMessage {
  readonly sink: {
    readonly tenantId: string;
    readonly sinkId: string;
    readonly kind: SinkKind;
    /** Messages of the workspace that wait to be sent. */
    readonly pending: number;
  };
  /** Names it within the sink: promising it twice adds nothing. */
  readonly alertKey: string;
  readonly message: AlertMessage;
}

/** Promises messages in the caller's transaction; answers those that are new, for the queue. */
export function promiseMessages(
  client: PoolClient,
  messages: readonly WorkspaceMessage[],
  nowMs: number,
): Promise<readonly QueuedDelivery[]> {
  return insertDeliveries(
    client,
    messages.map((one) => rowOf(one, nowMs)),
  );
}

function rowOf({ sink, alertKey, message }: WorkspaceMessage, nowMs: number): NewDelivery {
  return {
    id: randomUUID(),
    tenantId: sink.tenantId,
    sinkId: sink.sinkId,
    incidentTenantId: null,
    endpointId: null,
    alertKey,
    dedupKey: message.dedupKey,
    severity: message.severity,
    message,
    state: "pending",
    reason: null,
    priority: deliveryPriority(laneOf(message.event, message.severity), sink.pending),
    atMs: nowMs,
    dueAtMs: nowMs,
    deadlineAtMs: deadlineAtMsOf(message.event, sink.kind, nowMs),
  };
}

import type { DeliveryAttemptRow, DeliveryRow } from "@alivemcp/db/queries/deliveries";
import type { AttemptLine, DeliveryLine } from "./deliveries-model.ts";

/** A message of the log; `endpoints` name the one that it is about. */
export function toDeliveryLine(
  row: DeliveryRow,
  input: {
    readonly endpoints: readonly { readonly id: string; readonly slug: string; readonly name: string }[];
    readonly attempts: readonly DeliveryAttemptRow[];
  },
): DeliveryLine {
  const endpoint = input.endpoints.find(({ id }) => id === row.endpointId);
  return {
    id: row.id,
    event: row.event,
    severity: row.severity,
    title: row.title,
    isTest: row.isTest,
    state: row.state,
    reason: row.reason,
    createdAtMs: row.createdAtMs,
    dueAtMs: row.dueAtMs,
    deadlineAtMs: row.deadlineAtMs,
    settledAtMs: row.settledAtMs,
    isResend: row.resendOf !== null,
    sink: { id: row.sinkId, name: row.sinkName, kind: row.sinkKind },
    endpoint: endpoint === undefined ? null : { slug: endpoint.slug, name: endpoint.name },
    incidentId: row.incidentTenantId,
    tries: row.attempts,
    lastAnswer: row.lastAnswer,
    lastStatus: row.lastStatus,
    attempts: input.attempts satisfies readonly AttemptLine[],
  };
}

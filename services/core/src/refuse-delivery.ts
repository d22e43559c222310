/** Whether a due message may still be sent, looked at just before every try. */
import type { AlertEvent } from "./alert-event.ts";
import type { SinkState } from "./sink-kind.ts";

export type RefusalReason =
  | "deadline"
  | "sink_disabled"
  | "sink_unverified"
  | "sink_verified"
  /** Nobody there knows of the incident that ended or was acknowledged. */
  | "never_told";

export interface DeliveryRefusal {
  readonly state: "failed" | "cancelled";
  readonly reason: RefusalReason;
}

/** Events that only mean something to who was told before. */
const FOLLOWS: ReadonlySet<AlertEvent> = new Set(["incident.acknowledged", "incident.resolved"]);

/** Says why a message must not be sent any more; null: it may. Nothing but a proof goes to an unverified sink. */
export function refuseDelivery(
  delivery: {
    readonly event: AlertEvent;
    readonly deadlineAtMs: number;
    /** A message of its thread was accepted by the sink before. */
    readonly wasToldBefore: boolean;
    readonly sinkState: SinkState;
  },
  nowMs: number,
): DeliveryRefusal | null {
  const { event, sinkState } = delivery;
  if (sinkState === "disabled") {
    return { state: "cancelled", reason: "sink_disabled" };
  }
  if (sinkState === "unverified" && event !== "verification") {
    return { state: "cancelled", reason: "sink_unverified" };
  }
  if (sinkState === "verified" && event === "verification") {
    return { state: "cancelled", reason: "sink_verified" };
  }
  if (nowMs >= delivery.deadlineAtMs) {
    return { state: "failed", reason: "deadline" };
  }
  return FOLLOWS.has(event) && !delivery.wasToldBefore ? { state: "cancelled", reason: "never_told" } : null;
}

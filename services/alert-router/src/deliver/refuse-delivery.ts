import type { LeasedDelivery } from "@alivemcp/db/queries/delivery-leases-system";

export type Refusal = {
  readonly state: "failed" | "cancelled";
  readonly reason:
    | "deadline"
    | "sink_disabled"
    | "sink_unverified"
    | "sink_verified"
    /** Nobody there knows of the incident that ended or was acknowledged. */
    | "never_told";
};

/** Events that only mean something to who was told before. */
const FOLLOWS: ReadonlySet<string> = new Set(["incident.acknowledged", "incident.resolved"]);

/** Says why a message must not be sent now or ever; null: it may. Nothing but a proof goes to an unverified sink. */
export function refusalOf(
  delivery: Pick<LeasedDelivery, "event" | "deadlineAtMs" | "wasToldBefore"> & {
    readonly sink: Pick<LeasedDelivery["sink"], "state">;
  },
  nowMs: number,
): Refusal | null {
  const { event, sink } = delivery;
  if (sink.state === "disabled") {
    return { state: "cancelled", reason: "sink_disabled" };
  }
  if (sink.state === "unverified" && event !== "verification") {
    return { state: "cancelled", reason: "sink_unverified" };
  }
  if (sink.state === "verified" && event === "verification") {
    return { state: "cancelled", reason: "sink_verified" };
  }
  if (nowMs >= delivery.deadlineAtMs) {
    return { state: "failed", reason: "deadline" };
  }
  return FOLLOWS.has(event) && !delivery.wasToldBefore ? { state: "cancelled", reason: "never_told" } : null;
}

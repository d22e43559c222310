/**
 * Which delivery goes first. Virtual time: a message ranks by how many of its own tenant's stand before it, so that a
 * storm of one tenant delays its own tail and nobody else's head. Urgent messages have a head start within that.
 */
import type { AlertEvent } from "./alert-event.ts";
import type { AlertSeverity } from "./alert-severity.ts";

/** `now`: P1, and whatever somebody sits in front of and waits for. `soon`: the rest. `later`: digests. */
export const DELIVERY_LANES = ["now", "soon", "later"] as const;
export type DeliveryLane = (typeof DELIVERY_LANES)[number];

/** A tenant's first message of a lane stands behind at most so many of any other tenant. */
export const LANE_OFFSET: Readonly<Record<DeliveryLane, number>> = { now: 0, soon: 4, later: 20 };
/** BullMQ's largest priority (https://docs.bullmq.io/guide/jobs/prioritized, November 2026). */
export const PRIORITY_MAX = 2_097_152;

export function laneOf(event: AlertEvent, severity: AlertSeverity | null): DeliveryLane {
  if (event === "digest") {
    return "later";
  }
  return severity === "P1" || event === "test" || event === "verification" ? "now" : "soon";
}

/**
 * Priority of a new delivery, 1 first. `ahead`: pending ones of the same tenant in the same or a more urgent lane; a
 * tenant's own backlog of digests never stands before its P1.
 */
export const deliveryPriority = (lane: DeliveryLane, ahead: number): number =>
  Math.min(PRIORITY_MAX, LANE_OFFSET[lane] + ahead + 1);

/** Lanes whose pending deliveries stand before one of this lane. */
export const lanesAhead = (lane: DeliveryLane): readonly DeliveryLane[] =>
  DELIVERY_LANES.slice(0, DELIVERY_LANES.indexOf(lane) + 1);

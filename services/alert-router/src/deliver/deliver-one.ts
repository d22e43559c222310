/** From a job to a settled message: lease, refuse or try, settle. Dying anywhere between leaves a lease that runs out. */
import { randomUUID } from "node:crypto";
import { refuseDelivery } from "@alivemcp/core/refuse-delivery";
import {
  leaseDelivery,
  listDueDeliveries,
  lockSinkOfDelivery,
} from "@alivemcp/db/queries/delivery-leases-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import { within } from "../within.ts";
import type { DeliverDeps } from "./deliver-deps.ts";
import { enqueueDeliveries } from "./enqueue-deliveries.ts";
import { type SettleDeps, type Settled, settleTry } from "./settle-try.ts";
import { type TryDeps, tryDelivery } from "./try-delivery.ts";

export type DeliverOneDeps = SettleDeps & TryDeps & Pick<DeliverDeps, "deliveryQueue">;

/** What became of it; `not-leased`: somebody else has it, it is not due, or it waits for its turn. */
export type Delivered = Settled | { readonly kind: "not-leased"; readonly why: "gone" | "behind" | "busy" };

/** BullMQ waits for Redis without end; the rows are there, and the sweep adds what was not added now. */
export const ENQUEUE_TIMEOUT_MS = 5_000;
/** Above the longest try (40 s) and its settling. */
export const LEASE_MS = 60_000;
/** Messages under way to one sink: one that hangs keeps as many workers and no more. */
export const SINK_IN_FLIGHT_MAX = 2;
/** And of one tenant, whatever number of sinks it has. */
export const TENANT_IN_FLIGHT_MAX = 10;

/**
 * Delivers one message if it is due and free. A message is done only after its receiver accepted it: whoever dies in
 * between leaves it to be sent again with the same idempotency key. Throws what Postgres and Redis throw.
 */
export async function deliverOne(deps: DeliverOneDeps, deliveryId: string): Promise<Delivered> {
  const atMs = deps.clock.nowMs();
  const by = randomUUID();
  const lease = await inTransaction(deps.pool, async (client) => {
    if (!(await lockSinkOfDelivery(client, deliveryId, "skip"))) {
      return { kind: "busy" } as const;
    }
    return leaseDelivery(client, {
      deliveryId,
      atMs,
      untilMs: atMs + LEASE_MS,
      by,
      sinkMax: SINK_IN_FLIGHT_MAX,
      tenantMax: TENANT_IN_FLIGHT_MAX,
    });
  });
  if (lease.kind !== "leased") {
    return { kind: "not-leased", why: lease.kind };
  }
  const { delivery } = lease;
  const refusal = refuseDelivery({ ...delivery, sinkState: delivery.sink.state }, atMs);
  const end = refusal === null ? await tryDelivery(deps, delivery) : ({ kind: "refused", refusal } as const);
  const settled = await settleTry(deps, { delivery, by, end });
  await enqueueNext(deps, delivery.sink.id);
  return settled;
}

/** What waited for a place at this sink goes on at once; the sweep would find it within a second. */
async function enqueueNext(deps: DeliverOneDeps, sinkId: string): Promise<void> {
  const next = await listDueDeliveries(deps.pool, {
    atMs: deps.clock.nowMs(),
    perSink: SINK_IN_FLIGHT_MAX,
    limit: SINK_IN_FLIGHT_MAX,
    sinkId,
  });
  await within(ENQUEUE_TIMEOUT_MS, "adding deliveries", enqueueDeliveries(deps, next));
}

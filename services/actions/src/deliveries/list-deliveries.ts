import { ALERT_EVENTS } from "@alivemcp/core/alert-event";
import { type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";
import { AppError } from "@alivemcp/core/app-error";
import { DELIVERY_STATES } from "@alivemcp/core/delivery-state";
import { isUuid } from "@alivemcp/core/uuid";
import {
  type DeliveryAttemptRow,
  type DeliveryPosition,
  type DeliveryRow,
  findDelivery,
  listAttempts,
  listDeliveries as listRows,
} from "@alivemcp/db/queries/deliveries";
import type { TenantScope, Tx } from "@alivemcp/db/tenant-scope";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { getIncidentIn } from "../incidents/get-incident-in.ts";
import { read } from "../read.ts";
import { getSinkIn } from "../sinks/get-sink.ts";
import { findWatched } from "../watched/find-watched.ts";

const word = z.string().min(1).max(200);

/** Filters of a list, as they stand in a query string. */
export const deliveryFilterSchema = z.object({
  sink: word.optional(),
  endpoint: word.optional(),
  incident: word.optional(),
  state: z.enum(DELIVERY_STATES, { error: `The state is one of ${DELIVERY_STATES.join(", ")}.` }).optional(),
  event: z.enum(ALERT_EVENTS, { error: `The event is one of ${ALERT_EVENTS.join(", ")}.` }).optional(),
});
export type DeliveryFilterQuery = z.output<typeof deliveryFilterSchema>;

/** The workspace's messages that pass the filter, newest first. Throws `not_found` for what it names and has not. */
export function listDeliveries(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: {
    readonly filter: DeliveryFilterQuery;
    readonly before: DeliveryPosition | null;
    readonly limit: number;
  },
): Promise<DeliveryRow[]> {
  const { sink, endpoint, incident, state, event } = input.filter;
  return read(deps, caller, "delivery.read", async (tx) => {
    const sinkId = sink === undefined ? undefined : (await getSinkIn(caller.scope, tx, sink)).id;
    const endpointId = endpoint === undefined ? undefined : (await findWatched(caller, tx, endpoint)).id;
    const incidentTenantId =
      incident === undefined ? undefined : (await getIncidentIn(caller.scope, tx, incident)).id;
    const filter = { sinkId, endpointId, incidentTenantId, state, event };
    return listRows(caller.scope, tx, { ...input, filter });
  });
}

export interface DeliveryReading {
  readonly delivery: DeliveryRow;
  /** Oldest first. */
  readonly attempts: readonly DeliveryAttemptRow[];
  /** What was said, without what proves a sink; null when it is of a version that cannot be read. */
  readonly message: AlertMessage | null;
}

/** One message with every try to send it. Throws `not_found`. */
export function getDelivery(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  id: string,
): Promise<DeliveryReading> {
  return read(deps, caller, "delivery.read", async (tx) => {
    const { message, ...delivery } = await getDeliveryIn(caller.scope, tx, id);
    const parsed = alertMessageSchema.safeParse(message);
    return {
      delivery,
      attempts: await listAttempts(caller.scope, tx, delivery.id),
      message: parsed.success ? { ...parsed.data, proof: null } : null,
    };
  });
}

/** The row whole, its proof included: for sending, not for showing. Throws `not_found`. */
export async function getDeliveryIn(scope: TenantScope, tx: Tx, id: string) {
  const row = isUuid(id) ? await findDelivery(scope, tx, id) : null;
  if (row === null) {
    throw new AppError({
      code: "not_found",
      internal: "no such delivery",
      public: "There is no such delivery in this workspace.",
    });
  }
  return row;
}

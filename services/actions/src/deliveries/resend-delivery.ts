import { alertMessageSchema } from "@alivemcp/core/alert-message";
import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import { countAudited } from "@alivemcp/db/queries/audit-log";
import { insertDelivery } from "@alivemcp/db/queries/deliveries";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getSinkIn } from "../sinks/get-sink.ts";
import { getDeliveryIn } from "./list-deliveries.ts";

const HOUR_MS = 3_600_000;
const PER_HOUR_MAX = 60;

/**
 * Sends the same message to the same sink once more, whatever became of the first; answers the new delivery's id.
 * `clickId` names the click or request: the same again sends nothing more. Throws `conflict` while the first still waits,
 * for proofs, and for sinks that are not verified; `rate_limited` after 60 in an hour.
 */
export function resendDelivery(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  { id, clickId }: { readonly id: string; readonly clickId: string },
): Promise<string> {
  return change(deps, caller, "delivery.resend", async (tx) => {
    const { scope } = caller;
    const first = await getDeliveryIn(scope, tx, id);
    const sink = await getSinkIn(scope, tx, first.sinkId);
    const message = alertMessageSchema.safeParse(first.message);
    if (first.state === "pending") {
      throw refusal("It is still on its way.");
    }
    if (first.event === "verification" || !message.success) {
      throw refusal("This message cannot be sent again; ask for a new proof on the sink's page.");
    }
    if (sink.state !== "verified") {
      throw refusal("Nothing is sent to a sink that is not verified. Verify it first.");
    }
    const nowMs = deps.clock.nowMs();
    const alertKey = `${first.alertKey.slice(0, 120)}:again:${sha256Hex(`${id} ${clickId}`).slice(0, 32)}`;
    const since = new Date(nowMs - HOUR_MS);
    const sent = await countAudited(scope, tx, { actions: ["delivery.resend"], targetId: null, since });
    if (sent >= PER_HOUR_MAX) {
      throw new AppError({
        code: "rate_limited",
        internal: "resends of the hour are spent",
        public: `A workspace may send ${PER_HOUR_MAX} messages again in an hour.`,
        retryAfterS: HOUR_MS / 1_000,
      });
    }
    const again = await insertDelivery(scope, tx, {
      sinkId: first.sinkId,
      incidentTenantId: first.incidentTenantId,
      endpointId: first.endpointId,
      alertKey,
      dedupKey: first.dedupKey,
      severity: first.severity,
      message: message.data,
      atMs: nowMs,
      deadlineAtMs: deadlineAtMsOf(first.event, first.sinkKind, nowMs),
      resendOf: first.id,
    });
    return {
      result: again,
      audit: { targetKind: "delivery", targetId: id, content: { delivery_id: again } },
    };
  });
}

const refusal = (sentence: string) =>
  new AppError({ code: "conflict", internal: "not to be resent", public: sentence });

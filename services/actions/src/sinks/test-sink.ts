import { AppError } from "@alivemcp/core/app-error";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import { countDeliveriesSince, insertDelivery } from "@alivemcp/db/queries/deliveries";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getSinkIn } from "./get-sink.ts";
import { testMessage } from "./sink-messages.ts";

const HOUR_MS = 3_600_000;
const PER_HOUR_MAX = 10;

/**
 * Sends a message that says it is a test; answers the delivery's id. Throws `conflict` unless the sink is verified,
 * `rate_limited` after 10 in an hour.
 */
export function testSink(
  deps: Pick<ActionDeps, "pool" | "clock" | "appUrl">,
  caller: Caller,
  id: string,
): Promise<string> {
  return change(deps, caller, "sink.write", async (tx, tenant) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    if (sink.state !== "verified") {
      throw new AppError({
        code: "conflict",
        internal: "test of an unverified sink",
        public: "Nothing is sent to a sink that is not verified. Verify it first.",
      });
    }
    const nowMs = deps.clock.nowMs();
    const since = new Date(nowMs - HOUR_MS);
    const sent = await countDeliveriesSince(caller.scope, tx, { event: "test", sinkId: sink.id, since });
    if (sent >= PER_HOUR_MAX) {
      throw new AppError({
        code: "rate_limited",
        internal: "tests of the hour are spent",
        public: `A sink can be tested ${PER_HOUR_MAX} times an hour.`,
        retryAfterS: HOUR_MS / 1_000,
      });
    }
    const message = testMessage({
      sinkId: sink.id,
      kind: sink.kind,
      name: sink.name,
      workspace: tenant,
      appUrl: deps.appUrl,
      atMs: nowMs,
    });
    const deliveryId = await insertDelivery(caller.scope, tx, {
      sinkId: sink.id,
      incidentTenantId: null,
      endpointId: null,
      alertKey: message.dedupKey,
      dedupKey: message.dedupKey,
      severity: null,
      message,
      atMs: nowMs,
      deadlineAtMs: deadlineAtMsOf("test", sink.kind, nowMs),
      resendOf: null,
    });
    return {
      result: deliveryId,
      audit: { deed: "sink.test", targetKind: "sink", targetId: id, content: { delivery_id: deliveryId } },
    };
  });
}

import { AppError } from "@alivemcp/core/app-error";
import { updateSink } from "@alivemcp/db/queries/sinks";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import type { SinkWithSecret } from "./create-sink.ts";
import { getSinkIn } from "./get-sink.ts";
import { type OpeningDeps, openSinkIn } from "./open-own-sink.ts";

/**
 * Gives a webhook another secret, shown this once. Both sign for 24 hours, so that the receiver can change over without
 * losing a message; the sink stays verified. Throws `conflict` for sinks of another kind.
 */
export function rotateWebhookSecret(
  deps: OpeningDeps & Pick<ActionDeps, "sinkPublicKey">,
  caller: Caller,
  id: string,
): Promise<SinkWithSecret> {
  return change(deps, caller, "sink.write", async (tx) => {
    const sink = await getSinkIn(caller.scope, tx, id);
    const opened = await openSinkIn(deps, caller.scope, tx, { sinkId: sink.id, kind: "webhook" });
    if (opened === null) {
      throw new AppError({
        code: "conflict",
        internal: "no webhook to rotate",
        public: "Only a webhook has a secret of ours; replace the settings of this sink instead.",
      });
    }
    const nowMs = deps.clock.nowMs();
    const { secret: before, ...rest } = opened.settings;
    const secret = makeWebhookSecret();
    const settings = { ...rest, secret, rotatedAtMs: nowMs, before: { secret: before } };
    const version = sink.version + 1;
    const binding = { tenantId: caller.scope.tenantId, sinkId: sink.id, version };
    const rotated = await updateSink(caller.scope, tx, {
      id: sink.id,
      change: { ...sealSettings(deps.sinkPublicKey, settings, binding), version },
      at: new Date(nowMs),
    });
    return {
      result: { sink: rotated ?? sink, secret },
      audit: { deed: "sink.rotate_secret", targetKind: "sink", targetId: id, content: { version } },
    };
  });
}

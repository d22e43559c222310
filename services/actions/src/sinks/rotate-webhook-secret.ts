import { AppError } from "@alivemcp/core/app-error";
import { updateSink } from "@alivemcp/db/queries/sinks";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import { rotateSecret, webhookSettings } from "@alivemcp/sinks/webhook/settings";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import type { SinkWithSecret } from "./create-sink.ts";
import { getSinkIn } from "./get-sink.ts";
import { type OpeningDeps, openSinkIn } from "./open-own-sink.ts";

/**
 * Gives a webhook another secret, shown this once. The one before signs beside it for 24 hours, also when another
 * rotation follows, so that the receiver can change over without losing a message; the sink stays verified. Throws
 * `conflict` for sinks of another kind, and for the sixth time in a day.
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
    const secret = makeWebhookSecret();
    const settings = rotateSecret(webhookSettings.parse(opened.settings), { secret, nowMs });
    if (settings === null) {
      throw new AppError({
        code: "conflict",
        internal: "too many secrets sign",
        public:
          "This webhook got five new secrets within a day, and those before still sign. Try again when the first has ended.",
      });
    }
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

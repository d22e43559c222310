/** Generic webhook by Standard Webhooks 1.0.0: only 2xx is success, 410 ends it, everything else is tried again. */
import type { AlertMessage } from "@alivemcp/core/alert-message";
import type { GuardedReply } from "@alivemcp/probe/guarded-fetch";
import { judgeReply, REPLY_BYTES_MAX, readAnswer, SEND_TIMEOUT_MS } from "../judge-reply.ts";
import type { SendOutcome, SinkClient } from "../sink-client.ts";
import { signWebhook } from "./secret.ts";
import { shownWebhook, signingSecrets, type WebhookSettings, webhookSettings } from "./settings.ts";
import { webhookBody } from "./webhook-event.ts";

const GONE = 410;

export const webhookClient: SinkClient<WebhookSettings> = {
  kind: "webhook",
  settings: webhookSettings,
  shown: shownWebhook,
  send: async (deps, { settings, message, deliveryId }) => {
    const nowMs = deps.clock.nowMs();
    const timestampS = Math.floor(nowMs / 1_000);
    const secrets = signingSecrets(settings, nowMs);
    const body = webhookBody(message);
    const reply = await deps.fetch({
      url: new URL(settings.url),
      method: "POST",
      headers: [
        ...["content-type", "application/json"],
        ...["webhook-id", deliveryId],
        ...["webhook-timestamp", String(timestampS)],
        ...["webhook-signature", signWebhook(secrets, { id: deliveryId, timestampS, body })],
      ],
      body: Buffer.from(body),
      timeoutMs: SEND_TIMEOUT_MS,
      bodyBytesMax: REPLY_BYTES_MAX,
      isBodyCut: true,
    });
    return judge(reply, message, [settings.url, ...secrets]);
  },
  // A receiver cannot be asked without being sent an event.
  recheck: null,
};

function judge(reply: GuardedReply, { proof }: AlertMessage, secrets: readonly string[]): SendOutcome {
  if (reply.kind === "replied" && reply.status === GONE) {
    return { kind: "permanent", answer: readAnswer(reply, secrets), reason: "gone", isSinkDead: true };
  }
  const outcome = judgeReply(reply, secrets);
  const isProven = outcome.kind === "sent" && proof !== null && isEchoed(reply, proof.code);
  return isProven ? { ...outcome, isProven } : outcome;
}

/** `{"challenge": …}`, as it was sent. */
function isEchoed(reply: GuardedReply, challenge: string): boolean {
  if (reply.kind !== "replied") {
    return false;
  }
  try {
    const body: unknown = JSON.parse(reply.body.toString());
    return typeof body === "object" && body !== null && "challenge" in body && body.challenge === challenge;
  } catch {
    return false;
  }
}

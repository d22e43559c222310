import { randomBytes, randomUUID } from "node:crypto";
import { ALERT_MESSAGE_VERSION, type AlertMessage } from "@alivemcp/core/alert-message";
import { AppError } from "@alivemcp/core/app-error";
import { insertConfirmedSubscriber } from "@alivemcp/db/queries/subscribers-identity";
import type { SinkDeps } from "@alivemcp/sinks/sink-client";
import { webhookClient } from "@alivemcp/sinks/webhook/client";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import { newSubscriber } from "./new-subscriber.ts";
import { requirePublicEndpoint } from "./subscribe-by-mail.ts";
import type { SubscriptionDeps } from "./subscription-deps.ts";

export interface WebhookSubscription {
  /** Signs every message; shown once. */
  readonly secret: string;
  /** Ends the subscription by POST. */
  readonly endToken: string;
}

/** The URL as it is compared and posted to. Throws `invalid` for what is no https URL without a user name. */
export function requireWebhookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw invalidUrl("Give an https URL that takes a POST.");
  }
  url.hash = "";
  return url.href;
}

/**
 * Posts a signed challenge to `url`; a 2xx answer whose JSON holds it proves that the receiver wants this, and messages
 * about incidents of the endpoint go there from then on. Doing it again gives a new secret. Throws `not_found` for a slug
 * that is not public or unlisted, `invalid` for a URL that may not be asked or does not answer the challenge.
 */
export async function subscribeByWebhook(
  deps: SubscriptionDeps & { readonly sinks: SinkDeps },
  input: { readonly slug: string; readonly url: string },
): Promise<WebhookSubscription> {
  const { url } = input;
  const endpoint = await requirePublicEndpoint(deps, input.slug);
  const secret = makeWebhookSecret();
  const nowMs = deps.clock.nowMs();
  const id = randomUUID();
  const outcome = await webhookClient.send(deps.sinks, {
    sinkId: id,
    settings: { url, secret },
    message: challengeMessage(id, nowMs),
    deliveryId: id,
    thread: null,
  });
  if (outcome.kind !== "sent" || outcome.isProven !== true) {
    throw invalidUrl(
      "The URL did not answer our POST of type endpoint.verification with 2xx and its challenge as JSON.",
    );
  }
  const { row, endToken } = newSubscriber(deps.sinkKey, {
    endpointId: endpoint.id,
    targetHash: deps.targetHash("webhook", url),
    targetOf: (token) => ({ kind: "webhook", url, secret, endToken: token }),
  });
  await insertConfirmedSubscriber(deps.identityPool, { ...row, confirmedAt: new Date(nowMs) });
  return { secret, endToken };
}

const invalidUrl = (words: string) =>
  new AppError({ code: "invalid", internal: "webhook of a subscriber", public: words, field: "webhook" });

function challengeMessage(id: string, atMs: number): AlertMessage {
  return {
    v: ALERT_MESSAGE_VERSION,
    event: "verification",
    severity: null,
    dedupKey: id,
    title: "Subscription to incidents",
    summary: "Answer with the challenge to receive incidents here.",
    atMs,
    isTest: false,
    isWorse: false,
    endpoint: null,
    incident: null,
    facts: [],
    links: [],
    entries: [],
    entriesLeftOut: 0,
    proof: { code: randomBytes(24).toString("base64url"), url: null },
  };
}

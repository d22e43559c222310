import { randomUUID } from "node:crypto";
import type { NewSubscriber } from "@alivemcp/db/queries/subscribers-identity";
import { type SinkPublicKey, sealSettings } from "@alivemcp/runtime/sink-keys";
import { newSubscriptionToken } from "./subscription-token.ts";

/** What a subscriber's box holds: where to tell them, and the token with which their messages can be ended. */
export type SubscriberTarget =
  | { readonly kind: "email"; readonly address: string; readonly endToken: string }
  | {
      readonly kind: "webhook";
      readonly url: string;
      /** Standard Webhooks: `whsec_` and base64. */
      readonly secret: string;
      readonly endToken: string;
    };

/** A row for a new subscriber, its target sealed to whoever sends. */
export function sealSubscriber(
  sinkKey: SinkPublicKey,
  input: {
    readonly endpointId: string;
    readonly targetHash: string;
    readonly target:
      | Omit<Extract<SubscriberTarget, { kind: "email" }>, "endToken">
      | Omit<Extract<SubscriberTarget, { kind: "webhook" }>, "endToken">;
  },
): NewSubscriber & { readonly endToken: string } {
  const id = randomUUID();
  const { token: endToken, tokenHash: endHash } = newSubscriptionToken();
  const settings = { ...input.target, endToken } satisfies SubscriberTarget;
  return {
    ...sealSettings(sinkKey, settings, subscriberBinding(id)),
    id,
    endpointId: input.endpointId,
    kind: input.target.kind,
    targetHash: input.targetHash,
    endHash,
    endToken,
  };
}

/** Subscribers have no workspace: the word in its place keeps their boxes from opening as a sink's. */
export const subscriberBinding = (subscriberId: string) => ({
  tenantId: "subscriber",
  sinkId: subscriberId,
  version: 1,
});

/** Where a subscriber of a public page is told, sealed to the key of sinks: who takes an address cannot read it again. */
import { z } from "zod";
import {
  openSettings,
  type SealedSettings,
  type SinkKey,
  type SinkPublicKey,
  sealSettings,
} from "./sink-keys.ts";

/** `endToken` ends the subscription: it stands in every message. */
const subscriberTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("email"), address: z.string(), endToken: z.string() }),
  /** Standard Webhooks: the secret is `whsec_` and base64. */
  z.object({ kind: z.literal("webhook"), url: z.url(), secret: z.string(), endToken: z.string() }),
]);
export type SubscriberTarget = Readonly<z.infer<typeof subscriberTargetSchema>>;

/** Subscribers have no workspace: the word in its place keeps their boxes from opening as a sink's. */
const binding = (subscriberId: string) => ({ tenantId: "subscriber", sinkId: subscriberId, version: 1 });

export const sealSubscriber = (
  key: SinkPublicKey,
  subscriberId: string,
  target: SubscriberTarget,
): SealedSettings => sealSettings(key, target, binding(subscriberId));

/** Null: the key is not here any more, or the box was made for another subscriber. */
export function openSubscriber(
  keys: readonly SinkKey[],
  subscriberId: string,
  box: SealedSettings,
): SubscriberTarget | null {
  const target = subscriberTargetSchema.safeParse(openSettings(keys, { ...box, ...binding(subscriberId) }));
  return target.success ? target.data : null;
}

import { randomUUID } from "node:crypto";
import type { NewSubscriber } from "@alivemcp/db/queries/subscribers-identity";
import type { SinkPublicKey } from "@alivemcp/runtime/sink-keys";
import { type SubscriberTarget, sealSubscriber } from "@alivemcp/runtime/subscriber-box";
import { newSubscriptionToken } from "./subscription-token.ts";

/** A row for a new subscriber, its target sealed to whoever sends, and the token that ends it again. */
export function newSubscriber(
  sinkKey: SinkPublicKey,
  input: {
    readonly endpointId: string;
    readonly targetHash: string;
    readonly targetOf: (endToken: string) => SubscriberTarget;
  },
): { readonly row: NewSubscriber; readonly endToken: string } {
  const id = randomUUID();
  const { token: endToken, tokenHash: endHash } = newSubscriptionToken();
  const target = input.targetOf(endToken);
  const { endpointId, targetHash } = input;
  return {
    row: {
      id,
      endpointId,
      kind: target.kind,
      targetHash,
      endHash,
      ...sealSubscriber(sinkKey, id, target),
    },
    endToken,
  };
}

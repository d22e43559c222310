import { deleteSubscriber } from "@alivemcp/db/queries/subscribers-identity";
import type { SubscriptionDeps } from "./subscription-deps.ts";
import { subscriptionTokenHash } from "./subscription-token.ts";

/** Forgets who holds this token. An unknown one is answered alike: it was ended already, or never was. */
export async function endSubscription(
  deps: Pick<SubscriptionDeps, "identityPool">,
  token: string,
): Promise<void> {
  const endHash = subscriptionTokenHash(token);
  if (endHash !== null) {
    await deleteSubscriber(deps.identityPool, endHash);
  }
}

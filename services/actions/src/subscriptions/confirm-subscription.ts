import { AppError } from "@alivemcp/core/app-error";
import { confirmSubscriber } from "@alivemcp/db/queries/subscribers-identity";
import type { SubscriptionDeps } from "./subscription-deps.ts";
import { subscriptionTokenHash } from "./subscription-token.ts";

/** Starts the messages that the holder of a mailed token asked for. Throws `invalid` for one that is used or too old. */
export async function confirmSubscription(
  deps: Pick<SubscriptionDeps, "identityPool" | "clock">,
  token: string,
): Promise<void> {
  const confirmHash = subscriptionTokenHash(token);
  const at = new Date(deps.clock.nowMs());
  if (confirmHash === null || !(await confirmSubscriber(deps.identityPool, { confirmHash, at }))) {
    throw new AppError({
      code: "invalid",
      internal: "confirmation token unknown, used or expired",
      public: "This link was used already or is too old. Subscribe again to get a new one.",
      field: "token",
    });
  }
}

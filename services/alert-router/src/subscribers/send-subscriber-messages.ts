import { type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";
import { decideRetry } from "@alivemcp/core/decide-retry";
import {
  type ClaimedSubscriberDelivery,
  claimSubscriberDeliveries,
  deferSubscriberDelivery,
  deleteDeadSubscriber,
  settleSubscriberDelivery,
} from "@alivemcp/db/queries/subscribers-system";
import type { SealedSettings } from "@alivemcp/runtime/sink-keys";
import { openSubscriber, type SubscriberTarget } from "@alivemcp/runtime/subscriber-box";
import type { SendOutcome } from "@alivemcp/sinks/sink-client";
import { webhookClient } from "@alivemcp/sinks/webhook/client";
import type { SubscriberDeps } from "./subscriber-deps.ts";
import { subscriberMail } from "./subscriber-mail.ts";

/** Above what one send may take (15 s), so that nobody else sends it meanwhile. */
const LEASE_MS = 60_000;
const AT_ONCE = 25;
/** A run ends after so long and the next one goes on. */
const RUN_MS_MAX = 20_000;
const ROUNDS_MAX = 200;
/** Messages in a row that nobody took: the address is given up. */
const FAILURES_MAX = 3;
const BEHIND_MS = 5_000;

/**
 * Sends what is due to subscribers of one kind, 25 at once; a receiver that hangs delays only those beside it. At least
 * once: who dies between sending and settling leaves it to be sent again under the same id. Returns how many were tried.
 */
export async function sendSubscriberMessages(
  deps: SubscriberDeps,
  kind: ClaimedSubscriberDelivery["kind"],
): Promise<number> {
  let tried = 0;
  const startedAtMs = deps.clock.nowMs();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const nowMs = deps.clock.nowMs();
    const claimed = await claimSubscriberDeliveries(deps.pool, {
      kind,
      nowMs,
      leaseMs: LEASE_MS,
      limit: AT_ONCE,
    });
    const outcomes = await Promise.allSettled(claimed.map((delivery) => deliver(deps, delivery)));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") {
        // Its lease runs out and it is tried again.
        deps.log.error({ err: outcome.reason }, "a message to a subscriber could not be settled");
      }
    }
    tried += claimed.length;
    if (claimed.length < AT_ONCE || deps.clock.nowMs() - startedAtMs > RUN_MS_MAX) {
      break;
    }
  }
  return tried;
}

async function deliver(deps: SubscriberDeps, delivery: ClaimedSubscriberDelivery): Promise<void> {
  const { id } = delivery;
  const settle = (state: "sent" | "failed" | "cancelled", reason: string) =>
    settleSubscriberDelivery(deps.pool, { id, state, reason, at: new Date(deps.clock.nowMs()) });
  if (!delivery.isPublic) {
    return settle("cancelled", "not_public_any_more");
  }
  if (delivery.isBehind) {
    const dueAt = new Date(deps.clock.nowMs() + BEHIND_MS);
    return deferSubscriberDelivery(deps.pool, { id, reason: "behind_an_older_one", dueAt, isTry: false });
  }
  const target = openSubscriber(deps.config.SINK_KEY, delivery.subscriberId, {
    sealed: delivery.sealed,
    sealingKeyId: delivery.sealingKeyId,
  } as SealedSettings);
  const message = alertMessageSchema.safeParse(delivery.message);
  if (target === null || !message.success) {
    deps.log.error({ subscriberId: delivery.subscriberId }, "a message to a subscriber cannot be opened");
    return settle("failed", "unreadable");
  }
  const outcome = await send(deps, delivery, target, message.data);
  const decision = decideRetry(
    outcome.kind === "permanent" ? { kind: "permanent", isSinkDead: outcome.isSinkDead } : outcome,
    {
      pace: delivery.kind === "webhook" ? "webhook" : "digest",
      attempts: delivery.attempts + 1,
      deadlineAtMs: delivery.deadlineAtMs,
    },
    deps.clock.nowMs(),
    deps.dice(),
  );
  switch (decision.kind) {
    case "sent":
      return settle("sent", decision.reason);
    case "retry": {
      const dueAt = new Date(decision.atMs);
      return deferSubscriberDelivery(deps.pool, { id, reason: decision.reason, dueAt, isTry: true });
    }
    case "fail":
      await settle("failed", decision.reason);
      if (decision.disablesSink || delivery.failures + 1 >= FAILURES_MAX) {
        await deleteDeadSubscriber(deps.pool, delivery.subscriberId);
      }
  }
}

async function send(
  deps: SubscriberDeps,
  delivery: ClaimedSubscriberDelivery,
  target: SubscriberTarget,
  message: AlertMessage,
): Promise<SendOutcome> {
  if (target.kind === "webhook") {
    return webhookClient.send(deps.sinks, {
      sinkId: delivery.subscriberId,
      settings: { url: target.url, secret: target.secret },
      message,
      deliveryId: delivery.id,
      thread: null,
    });
  }
  const answer = await deps.sinks.sendMail(
    subscriberMail({
      to: target.address,
      message,
      deliveryId: delivery.id,
      subscriberId: delivery.subscriberId,
      endToken: target.endToken,
      publicUrl: deps.config.PUBLIC_URL,
      apiUrl: deps.config.API_URL,
    }),
  );
  return judgeMail(answer);
}

/** RFC 5321, section 4.2.1: 2yz took it, 5yz never will; 550 to 553 say so of the address itself. */
function judgeMail(answer: { readonly status: number | null; readonly text: string | null }): SendOutcome {
  const { status } = answer;
  if (status !== null && status >= 200 && status < 300) {
    return { kind: "sent", answer, ref: null };
  }
  return status !== null && status >= 500
    ? { kind: "permanent", answer, reason: "refused", isSinkDead: status >= 550 && status <= 553 }
    : { kind: "retryable", answer, reason: "mail_server", retryAfterMs: null };
}

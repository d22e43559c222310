/** One try to send one message: through the gates, with the settings unsealed for just so long. */
import { alertMessageSchema } from "@alivemcp/core/alert-message";
import type { LeasedDelivery } from "@alivemcp/db/queries/delivery-leases-system";
import type { SealedBox } from "@alivemcp/runtime/sealed-box";
import { openSettings } from "@alivemcp/runtime/sink-keys";
import type { SendOutcome } from "@alivemcp/sinks/sink-client";
import { sinkClientOf } from "@alivemcp/sinks/sink-clients";
import type { DeliverDeps } from "./deliver-deps.ts";
import type { Entrance } from "./receiver-gates.ts";
import { receiverOf } from "./receiver-of.ts";

export type TryDeps = Pick<DeliverDeps, "clock" | "gates" | "log" | "sinkDeps" | "sinkKeys">;

export type Tried =
  | {
      readonly kind: "tried";
      readonly outcome: SendOutcome;
      readonly atMs: number;
      readonly durationMs: number;
    }
  | Extract<Entrance, { kind: "held" }>;

/** A key that is being rotated in, or a client that is being deployed: worth another look, and soon. */
const OURS_RETRY_MS = 60_000;
/** Above every client's own bound: one that hangs all the same does not keep its lease and its place. */
const HARD_TIMEOUT_MS = 40_000;

/** Never rejects for what a receiver or a tenant's settings do. */
export async function tryDelivery(deps: TryDeps, delivery: LeasedDelivery): Promise<Tried> {
  const { sink } = delivery;
  const startedMs = performance.now();
  const atMs = deps.clock.nowMs();
  const tried = (outcome: SendOutcome): Tried => ({
    kind: "tried",
    outcome,
    atMs,
    durationMs: performance.now() - startedMs,
  });
  const client = sinkClientOf(sink.kind);
  const message = alertMessageSchema.safeParse(delivery.message);
  if (!message.success) {
    return tried({ kind: "permanent", answer: NO_ANSWER, reason: "message_invalid", isSinkDead: false });
  }
  const settings = openSettings(deps.sinkKeys, {
    tenantId: delivery.tenantId,
    sinkId: sink.id,
    version: sink.version,
    sealed: sink.sealed as SealedBox,
    sealingKeyId: sink.sealingKeyId,
  });
  if (settings === null || client === null) {
    deps.log.warn({ sinkId: sink.id, kind: sink.kind }, "settings of a sink cannot be read here");
    return tried(ours(client === null ? "kind_unknown" : "settings_unreadable"));
  }
  const entrance = deps.gates.enter(receiverOf({ ...sink, tenantId: delivery.tenantId }, settings), atMs);
  if (entrance.kind === "held") {
    return entrance;
  }
  let outcome: SendOutcome = ours("sink_bug");
  try {
    const input = {
      sinkId: sink.id,
      settings,
      message: message.data,
      deliveryId: delivery.id,
      thread: delivery.thread,
    };
    const sent = await beforeHardTimeout(client.send(deps.sinkDeps, input));
    outcome = sent ?? { kind: "permanent", answer: NO_ANSWER, reason: "settings_invalid", isSinkDead: true };
  } catch (err) {
    // Its message may quote a URL; the name says which code to look at.
    deps.log.error({ name: err instanceof Error ? err.name : "unknown", kind: sink.kind }, "a sink threw");
  } finally {
    entrance.leave({
      nowMs: deps.clock.nowMs(),
      hasFailed: isReceiverDown(outcome),
      quietMs: quietMsOf(outcome),
    });
  }
  return tried(outcome);
}

const NO_ANSWER = { status: null, text: null };

const ours = (reason: string): SendOutcome => ({
  kind: "retryable",
  answer: NO_ANSWER,
  reason,
  retryAfterMs: OURS_RETRY_MS,
});

/** No answer, or one that says it is broken. 429 is an answer: it has its own quiet. */
const isReceiverDown = (outcome: SendOutcome): boolean =>
  outcome.kind === "retryable" && (outcome.answer.status === null || outcome.answer.status >= 500);

const quietMsOf = (outcome: SendOutcome): number | null =>
  outcome.kind === "retryable" && outcome.answer.status === 429 ? outcome.retryAfterMs : null;

async function beforeHardTimeout<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("a sink took too long")), HARD_TIMEOUT_MS);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

import { redactExcerpt } from "@alivemcp/core/redact";
import type { GuardedReply } from "@alivemcp/probe/guarded-fetch";
import type { SendOutcome, SinkAnswer } from "./sink-client.ts";

/** Everything of one send, connecting included. */
export const SEND_TIMEOUT_MS = 15_000;
/** Of what a receiver answers; more is not read, and the answer is judged all the same. */
export const REPLY_BYTES_MAX = 16_384;

const TEXT_CHARS_MAX = 300;

/** What a receiver said, for the delivery log. `secrets` are what the request carried: a receiver may echo it. */
export function readAnswer(reply: GuardedReply, secrets: readonly string[]): SinkAnswer {
  if (reply.kind === "failed") {
    return { status: null, text: null };
  }
  // Cut by bytes, the last character may be half of one; the excerpt drops it.
  const text = redactExcerpt(reply.body.toString(), secrets).slice(0, TEXT_CHARS_MAX).toWellFormed();
  return { status: reply.status, text: text === "" ? null : text };
}

/**
 * Judges a reply as most receivers mean it: 2xx accepted; an address that may not be dialled never will be; everything
 * else may pass, `Retry-After` included. Kinds that know better look at the status first.
 */
export function judgeReply(reply: GuardedReply, secrets: readonly string[]): SendOutcome {
  const answer = readAnswer(reply, secrets);
  if (reply.kind === "failed") {
    return reply.isForbidden
      ? { kind: "permanent", answer, reason: "target_forbidden", isSinkDead: true }
      : { kind: "retryable", answer, reason: reply.detail.slice(0, 60), retryAfterMs: null };
  }
  const { status, retryAfterMs } = reply;
  return status >= 200 && status < 300
    ? { kind: "sent", answer, ref: null }
    : { kind: "retryable", answer, reason: reasonOf(status), retryAfterMs };
}

function reasonOf(status: number): string {
  if (status === 429) {
    return "rate_limited";
  }
  if (status >= 500) {
    return "server_error";
  }
  return status >= 300 && status < 400 ? "redirected" : "refused";
}

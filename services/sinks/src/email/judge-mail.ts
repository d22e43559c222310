import type { SendOutcome, SinkAnswer } from "../sink-client.ts";

/**
 * Judges what a mail server answered (RFC 5321, section 4.2; enhanced codes of RFC 3463). 4yz passes, 5yz does not.
 * Only words about the address itself end the sink; those about us (log-in, syntax) are nobody's fault but ours, and
 * those about one message (size, content, policy) are about that message.
 */
export function judgeMail(answer: SinkAnswer, messageId: string): SendOutcome {
  const { status, text } = answer;
  if (status === null) {
    return { kind: "retryable", answer, reason: "mail_server_unreachable", retryAfterMs: null };
  }
  if (status < 400) {
    return { kind: "sent", answer, ref: { messageId } };
  }
  if (status < 500) {
    return { kind: "retryable", answer, reason: "refused_for_now", retryAfterMs: null };
  }
  if (OURS.has(status)) {
    return { kind: "retryable", answer, reason: "mail_server_refuses_us", retryAfterMs: null };
  }
  const enhanced = /\b5\.(\d{1,3})\.\d{1,3}\b/.exec(text ?? "")?.[1];
  const isAddressGone = GONE.has(status) && (enhanced === undefined || enhanced === "1");
  return isAddressGone
    ? { kind: "permanent", answer, reason: "address_refused", isSinkDead: true }
    : { kind: "permanent", answer, reason: "mail_refused", isSinkDead: false };
}

/** Syntax and sequence (500 to 504), log-in (530, 534, 535, 538). */
const OURS: ReadonlySet<number> = new Set([500, 501, 502, 503, 504, 530, 534, 535, 538]);
/** No such mailbox, not here, not allowed as a name, takes no mail (RFC 7504). */
const GONE: ReadonlySet<number> = new Set([550, 551, 553, 556]);

import { invariant } from "@alivemcp/core/invariant";
import { redactExcerpt } from "@alivemcp/core/redact";
import nodemailer from "nodemailer";
import type { Logger } from "./logger.ts";

/** One message to one person. Both bodies say the same. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail of a conversation, as nobody but its receiver's mail program sees. */
export interface ThreadedMail extends Mail {
  /** With its angle brackets. */
  readonly messageId: string;
  /** Message-IDs of the mails it belongs to, oldest first. */
  readonly references: readonly string[];
  /** URL that ends these mails by POST (RFC 8058); null where nothing can be ended. */
  readonly unsubscribeUrl: string | null;
}

/** What the mail server said. `status`: its reply code (RFC 5321, section 4.2); null when it could not be asked. */
export interface MailAnswer {
  readonly status: number | null;
  readonly text: string | null;
}

export interface AttemptingMailer extends Mailer {
  /** Sends once, whatever comes of it: trying again is the caller's. Never rejects. */
  attempt(mail: ThreadedMail): Promise<MailAnswer>;
}

export interface Mailer {
  /** Resolves when the mail server took it; rejects after the last try. */
  send(mail: Mail): Promise<void>;
  /**
   * Sends without making the caller wait, so that an answer takes as long whether or not a mail goes out. A mail that
   * could not be sent is logged and counted; above `PENDING_MAX` waiting mails a new one is dropped so.
   */
  post(mail: Mail): void;
  /** Waits until nothing is under way any more. */
  settled(): Promise<void>;
  /** Lets what is under way end, then closes the connections. */
  close(): Promise<void>;
}

/** Mails of this process that may wait for the server at once. */
const PENDING_MAX = 500;
const TRIES = 3;
const PAUSE_FIRST_MS = 500;
const SUBJECT_CHARS_MAX = 200;
/** RFC 5321, section 4.5.3.1: 64 for the local part, 255 for the domain, and the sign between them. */
const ADDRESS_CHARS_MAX = 320;
/**
 * What a mail may be sent to. Narrower than RFC 5321, section 4.1.2: ASCII, no quoted local parts, no comments, no
 * lists, no control characters, so that no address can end a header or name a second recipient.
 */
const ADDRESS = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?$/i;

/** Whether a text is one address that `Mailer` would send to. */
export const isMailAddress = (text: string): boolean =>
  text.length <= ADDRESS_CHARS_MAX && ADDRESS.test(text) && !text.includes("..");

/** A text as one line of a header: control and direction characters become spaces, so that nobody writes a header of their own. */
export const headerText = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim()
    .slice(0, SUBJECT_CHARS_MAX);

/**
 * Sends over SMTP (`smtp://user:password@host:port`, or `smtps://`) with at most 3 connections, each step bounded in
 * time, and up to 3 tries of what failed for now (no connection, 4xx).
 */
export function openMailer(input: {
  readonly smtpUrl: string;
  /** `Name <address>`. */
  readonly from: string;
  readonly log: Logger;
  /** Told how each mail ended. */
  readonly onOutcome?: (outcome: "sent" | "failed" | "dropped") => void;
}): AttemptingMailer {
  const { log } = input;
  const transport = nodemailer.createTransport({
    url: input.smtpUrl,
    pool: true,
    maxConnections: 3,
    maxMessages: 100,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const pending = new Set<Promise<void>>();
  const messageOf = (mail: Mail) => ({
    from: input.from,
    to: { name: "", address: mail.to },
    subject: headerText(mail.subject),
    text: mail.text,
    html: mail.html,
    headers: { "Auto-Submitted": "auto-generated" },
  });
  const attempt = async (mail: ThreadedMail): Promise<MailAnswer> => {
    if (!isMailAddress(mail.to)) {
      return { status: 553, text: "not an address that mails are sent to" };
    }
    const plain = messageOf(mail);
    const { messageId, references } = mail;
    const thread = references.length > 0 ? { references: [...references], inReplyTo: references.at(-1) } : {};
    const headers = { ...plain.headers, ...unsubscribeHeaders(mail.unsubscribeUrl) };
    try {
      const { response } = await transport.sendMail({ ...plain, messageId, ...thread, headers });
      input.onOutcome?.("sent");
      return { status: Number.parseInt(response, 10) || 250, text: redactExcerpt(response) };
    } catch (err) {
      input.onOutcome?.("failed");
      const { responseCode, response } = err as { responseCode?: number; response?: string };
      return { status: responseCode ?? null, text: response === undefined ? null : redactExcerpt(response) };
    }
  };
  const send = async (mail: Mail) => {
    invariant(isMailAddress(mail.to), "mails are sent to checked addresses");
    const message = messageOf(mail);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await transport.sendMail(message);
        input.onOutcome?.("sent");
        return;
      } catch (cause) {
        if (attempt === TRIES || !isWorthAnotherTry(cause)) {
          input.onOutcome?.("failed");
          throw cause;
        }
        await new Promise((resolve) => {
          setTimeout(resolve, Math.random() * PAUSE_FIRST_MS * 4 ** (attempt - 1));
        });
      }
    }
  };
  const settled = async () => {
    await Promise.allSettled([...pending]);
  };
  return {
    attempt,
    send,
    post(mail) {
      if (pending.size >= PENDING_MAX) {
        input.onOutcome?.("dropped");
        log.warn({ pending: pending.size }, "mail dropped: too many wait for the mail server");
        return;
      }
      const sending = send(mail)
        .catch((err: unknown) => log.warn({ code: codeOf(err) }, "mail could not be sent"))
        .finally(() => pending.delete(sending));
      pending.add(sending);
    },
    settled,
    async close() {
      await settled();
      transport.close();
    },
  };
}

/** RFC 2369 and RFC 8058: one URL, which a mail program POSTs to when its reader presses "unsubscribe". */
const unsubscribeHeaders = (url: string | null): Record<string, string> =>
  url === null
    ? {}
    : { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };

/** A refusal for good (5xx) stays one. Errors of this library may quote the message, so only their code is logged. */
function isWorthAnotherTry(err: unknown): boolean {
  const { responseCode } = err as { responseCode?: number };
  return responseCode === undefined || (responseCode >= 400 && responseCode < 500);
}

function codeOf(err: unknown): string {
  const { code, responseCode } = err as { code?: string; responseCode?: number };
  return `${code ?? "unknown"} ${responseCode ?? ""}`.trim();
}

/**
 * A mail server that takes alert mails and holds them to what mail providers ask of senders: one recipient, a Message-ID
 * of the sender's, `Auto-Submitted` (RFC 3834), both bodies, one-click unsubscribing (RFC 8058) but for the mail that
 * confirms an address, no bare line break and no line over 998 characters (RFC 5322, section 2.1.1). What it refuses gets 554 and
 * is in `refused`, with the reason.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";

export interface ReceivedAlertMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly atMs: number;
}

/** A reply code, perhaps with its text; or a server that does not answer, or hangs up. */
export type MailMisbehaviour = number | { readonly code: number; readonly text: string } | "hang" | "reset";

export interface MailReceiver {
  /** `smtp://…` */
  readonly url: string;
  /** Accepted mails, oldest first. */
  readonly mails: readonly ReceivedAlertMail[];
  readonly refused: readonly string[];
  /** Answers the next recipients so, one after the other. */
  misbehave(...answers: readonly MailMisbehaviour[]): void;
  /** Answers every recipient so until told otherwise; null: as it should. */
  misbehaveAlways(answer: MailMisbehaviour | null): void;
  close(): Promise<void>;
}

const LINE_CHARS_MAX = 998;

export async function openMailReceiver(): Promise<MailReceiver> {
  const mails: ReceivedAlertMail[] = [];
  const refused: string[] = [];
  const next: MailMisbehaviour[] = [];
  let always: MailMisbehaviour | null = null;
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 100,
    onRcptTo(_address, session, done) {
      const wrong = next.shift() ?? always;
      if (wrong === null) {
        done();
      } else if (wrong === "reset") {
        [...server.connections].find(({ id }) => id === session.id)?.close();
      } else if (wrong !== "hang") {
        const { code, text } = typeof wrong === "number" ? { code: wrong, text: "No." } : wrong;
        done(Object.assign(new Error(text), { responseCode: code }));
      }
    },
    onData(stream, session, done) {
      readMail(stream).then(
        ({ raw, mail }) => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          const reason = faultOf(raw, mail, recipients);
          if (reason === null) {
            mails.push(received(mail, recipients[0] ?? ""));
            done();
          } else {
            refused.push(reason);
            done(Object.assign(new Error(reason), { responseCode: 554 }));
          }
        },
        (err: Error) => done(err),
      );
    },
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refused,
    misbehave: (...answers) => void next.push(...answers),
    misbehaveAlways: (wrong) => {
      always = wrong;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function readMail(stream: SMTPServerDataStream) {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
  }
  const raw = Buffer.concat(chunks);
  return { raw: raw.toString("latin1"), mail: await simpleParser(raw) };
}

function faultOf(raw: string, mail: ParsedMail, recipients: readonly string[]): string | null {
  const headers = headersOf(mail);
  const isConfirming = /confirm/i.test(mail.subject ?? "");
  const checks: readonly [string, boolean][] = [
    ["one recipient", recipients.length === 1],
    ["no bare line break", !/(?<!\r)\n|\r(?!\n)/.test(raw)],
    ["lines of at most 998 characters", raw.split("\r\n").every((line) => line.length <= LINE_CHARS_MAX)],
    ["a Message-ID", /^<[\w.-]+@[\w.-]+>$/.test(mail.messageId ?? "")],
    ["a sender", mail.from !== undefined],
    ["a subject", (mail.subject ?? "") !== ""],
    ["Auto-Submitted", headers.get("auto-submitted") === "auto-generated"],
    ["a text and an HTML body", (mail.text ?? "") !== "" && mail.html !== false],
    ["one-click unsubscribing", isConfirming || isOneClick(headers)],
  ];
  const missing = checks.filter(([, isFine]) => !isFine).map(([name]) => name);
  return missing.length === 0 ? null : `missing: ${missing.join(", ")}`;
}

const isOneClick = (headers: ReadonlyMap<string, string>) =>
  /^<https?:\/\/[^<>\s]+>$/.test(headers.get("list-unsubscribe") ?? "") &&
  headers.get("list-unsubscribe-post") === "List-Unsubscribe=One-Click";

const headersOf = (mail: ParsedMail): ReadonlyMap<string, string> =>
  new Map(
    mail.headerLines.map(({ key, line }) => [
      key,
      line
        .slice(key.length + 1)
        .replace(/\r?\n\s+/g, " ")
        .trim(),
    ]),
  );

const received = (mail: ParsedMail, to: string): ReceivedAlertMail => ({
  to,
  subject: mail.subject ?? "",
  text: mail.text ?? "",
  html: mail.html || "",
  messageId: mail.messageId ?? "",
  inReplyTo: mail.inReplyTo ?? null,
  references: [mail.references ?? []].flat(),
  headers: headersOf(mail),
  atMs: Date.now(),
});

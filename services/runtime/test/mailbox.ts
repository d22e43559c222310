/** A mail server that keeps what it is sent: for tests, and for copies of `scripts/up` that were given none. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

export interface ReceivedMail {
  readonly id: number;
  readonly receivedAtMs: number;
  readonly from: string;
  /** Of the envelope: where it really goes. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  /** Names of its header fields, lower-case, in order. */
  readonly headerNames: readonly string[];
}

export interface Mailbox {
  readonly smtpUrl: string;
  /** Newest first. */
  list(): readonly ReceivedMail[];
  find(id: number): ReceivedMail | null;
  /** The newest mail to this address that fits; waits for it. Rejects after `withinMs`. */
  waitFor(to: string, fits?: (mail: ReceivedMail) => boolean, withinMs?: number): Promise<ReceivedMail>;
  close(): Promise<void>;
}

const MAIL_BYTES_MAX = 1024 * 1024;
const POLL_MS = 10;

/** Listens on loopback; port 0 picks a free one. Keeps the newest `mailsMax` mails in memory, nothing else. */
export async function openMailbox(
  options: { readonly port?: number; readonly mailsMax?: number } = {},
): Promise<Mailbox> {
  const mailsMax = options.mailsMax ?? 200;
  const mails: ReceivedMail[] = [];
  let lastId = 0;
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    size: MAIL_BYTES_MAX,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      simpleParser(stream).then(
        (parsed) => {
          if (stream.sizeExceeded) {
            done(Object.assign(new Error("message too large"), { responseCode: 552 }));
            return;
          }
          lastId += 1;
          mails.unshift({
            id: lastId,
            receivedAtMs: Date.now(),
            from: parsed.from?.text ?? "",
            to: session.envelope.rcptTo.map(({ address }) => address),
            subject: parsed.subject ?? "",
            text: parsed.text ?? "",
            html: parsed.html || null,
            headerNames: parsed.headerLines.map(({ key }) => key),
          });
          mails.length = Math.min(mails.length, mailsMax);
          done();
        },
        (err: Error) => done(err),
      );
    },
  });
  server.on("error", () => {});
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    list: () => mails,
    find: (id) => mails.find((mail) => mail.id === id) ?? null,
    async waitFor(to, fits = () => true, withinMs = 5_000) {
      for (const deadlineAtMs = Date.now() + withinMs; Date.now() < deadlineAtMs; ) {
        const found = mails.find((mail) => mail.to.includes(to) && fits(mail));
        if (found !== undefined) {
          return found;
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      throw new Error(
        `no such mail to ${to}; there are ${JSON.stringify(mails.map((mail) => [mail.to, mail.subject]))}`,
      );
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

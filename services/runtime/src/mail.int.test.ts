import { once } from "node:events";
import { pino } from "pino";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mailbox, openMailbox } from "../test/mailbox.ts";
import { headerText, isMailAddress, type Mailer, openMailer } from "./mail.ts";

let mailbox: Mailbox;
let mailer: Mailer;
const outcomes: string[] = [];
const lines: string[] = [];
const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
beforeAll(async () => {
  mailbox = await openMailbox();
  mailer = openMailer({
    smtpUrl: mailbox.smtpUrl,
    from: "AliveMCP <alivemcp@example.com>",
    log,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
});
afterAll(async () => {
  await mailer.close();
  await mailbox.close();
});
const mail = { to: "zoe@example.com", subject: "Grüße, 世界", text: "Hello Zoë", html: "<p>Hello Zoë</p>" };

test("a mail arrives with both bodies, its Unicode, and a mark that no person wrote it", async () => {
  await mailer.send(mail);
  const got = await mailbox.waitFor("zoe@example.com");
  expect(got).toMatchObject({
    subject: mail.subject,
    from: '"AliveMCP" <alivemcp@example.com>',
    html: mail.html,
  });
  expect(got.text.trim()).toBe(mail.text);
  expect(got.headerNames).toContain("auto-submitted");
});

test("a subject cannot write a header of its own", async () => {
  await mailer.send({
    ...mail,
    to: "a@example.com",
    subject: "Hi\r\nBcc: victim@example.com\u2028X-Evil: 1\u202e",
  });
  const got = await mailbox.waitFor("a@example.com");
  expect(got.to).toEqual(["a@example.com"]);
  expect(got.subject).toBe("Hi Bcc: victim@example.com X-Evil: 1");
  expect(got.headerNames).not.toContain("bcc");
  expect(got.headerNames).not.toContain("x-evil");
});

test.each([
  ["a second recipient", "a@example.com, b@example.com"],
  ["a second recipient after a semicolon", "a@example.com;b@example.com"],
  ["a line break", "a@example.com\r\nBcc: b@example.com"],
  ["a line break at the end", "a@example.com\n"],
  ["a name with an address", "Zoe <a@example.com>"],
  ["a quoted local part", '"a b"@example.com'],
  ["a comment", "a(b)@example.com"],
  ["two dots", "a..b@example.com"],
  ["no host", "a@"],
  ["a null character", "a\0@example.com"],
  ["a group", "g:a@example.com;"],
  ["too many characters", `${"a".repeat(65)}@example.com`],
])("%s is no address to send to", async (_name, to) => {
  expect(isMailAddress(to)).toBe(false);
  await expect(mailer.send({ ...mail, to })).rejects.toThrow("checked addresses");
});

test.each(["zoe+tag@example.com", "o'brien@mail.example.co.uk", "ZOE@EXAMPLE.COM"])(
  "%s is an address",
  (to) => {
    expect(isMailAddress(to)).toBe(true);
  },
);

test("a header text is one line without characters that turn its direction", () => {
  expect(headerText("a\tb\u0000c\u202ed ")).toBe("a b c d");
  expect(headerText("x".repeat(300))).toHaveLength(200);
});

/** A mail server that answers the recipients of one mail after the other with these codes. */
async function openMoodyServer(codes: number[]) {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    onRcptTo: (_address, _session, done) => {
      const responseCode = codes.shift() ?? 250;
      done(responseCode === 250 ? null : Object.assign(new Error("moody"), { responseCode }));
    },
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on("end", () => done());
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as { port: number };
  return { url: `smtp://127.0.0.1:${port}`, left: codes, close: () => server.close() };
}

test("a mail that is refused for now is tried again; one refused for good is not", async () => {
  const server = await openMoodyServer([451, 250, 550, 552]);
  const moody = openMailer({ smtpUrl: server.url, from: "a@example.com", log });
  await moody.send(mail);
  await expect(moody.send(mail)).rejects.toMatchObject({ responseCode: 550 });
  expect(server.left).toEqual([552]);
  await moody.close();
  server.close();
});

test("posting never makes its caller wait or fail; what could not be sent is logged without the mail", async () => {
  const dead = openMailer({ smtpUrl: "smtp://127.0.0.1:9", from: "a@example.com", log });
  lines.length = 0;
  dead.post({ ...mail, text: "https://app.example/reset?token=secret-of-the-mail" });
  await dead.close();
  expect(lines.join("")).toContain("mail could not be sent");
  expect(lines.join("")).not.toContain("secret-of-the-mail");
  expect(lines.join("")).not.toContain(mail.to);
});

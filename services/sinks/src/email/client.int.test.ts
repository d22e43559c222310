/** Alert mails over a real mail client and server; the server holds them to what providers ask. */
import { openLogger } from "@alivemcp/runtime/logger";
import { openMailer } from "@alivemcp/runtime/mail";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testMessage } from "../../test/alert-message.ts";
import { HOSTILE, hugeMessage, resolvedMessage } from "../../test/incident-messages.ts";
import { type MailReceiver, openMailReceiver } from "../../test/receivers/mail-receiver.ts";
import { testSinkDeps } from "../../test/sink-deps.ts";
import type { SendInput, SinkDeps } from "../sink-client.ts";
import { emailClient } from "./client.ts";
import { type EmailSettings, makeUnsubscribeToken } from "./settings.ts";

let receiver: MailReceiver;
let deps: SinkDeps;
const endings: (() => Promise<void>)[] = [];
const settings: EmailSettings = { address: "oncall@example.com", unsubscribeToken: makeUnsubscribeToken() };
const sinkId = "7f3f4f0e-4f6f-4a2b-8a53-5a3e3b6f8a11";
const deliveryId = "3c1b1b8e-8f0d-4f9e-9a53-2f2f6b1f8a22";
const from = "AliveMCP <alerts@alivemcp.example>";
const log = openLogger("test", "fatal");

beforeAll(() => {
  endings.length = 0;
});
beforeEach(async () => {
  receiver = await openMailReceiver();
  const mailer = openMailer({ smtpUrl: receiver.url, from, log });
  deps = testSinkDeps({ sendMail: mailer.attempt });
  endings.push(
    () => mailer.close(),
    () => receiver.close(),
  );
});
afterAll(async () => {
  for (const end of endings) {
    await end();
  }
});

const send = (changes: Partial<SendInput<EmailSettings>> = {}) =>
  emailClient.send(deps, { sinkId, settings, message: testMessage(), deliveryId, thread: null, ...changes });

test("an alert arrives in words, as text and as HTML, with the headers of mail that no person wrote", async () => {
  expect(await send()).toMatchObject({ kind: "sent", answer: { status: 250 } });
  expect(receiver.refused).toEqual([]);
  const [mail] = receiver.mails;
  expect(mail).toMatchObject({
    to: "oncall@example.com",
    subject: "[P1] Weather API is down",
    messageId: `<${deliveryId}@alivemcp.example>`,
    inReplyTo: null,
    references: [],
  });
  expect(mail?.headers.get("list-unsubscribe")).toBe(
    `<https://api.example/u/${sinkId}.${settings.unsubscribeToken}>`,
  );
  for (const words of ["Weather API is down", "refused from Ashburn", "Seen from", "connection refused"]) {
    expect(mail?.text).toContain(words);
    expect(mail?.html).toContain(words);
  }
  for (const { url } of testMessage().links) {
    expect(mail?.text).toContain(url);
    expect(mail?.html).toContain(`href="${url}"`);
  }
});

test("what follows answers the first mail of the incident, and the same mail sent again has the same name", async () => {
  const opened = await send();
  const thread = opened.kind === "sent" ? opened.ref : null;
  const other = "4d1b1b8e-8f0d-4f9e-9a53-2f2f6b1f8a22";
  const resolved = await send({ message: resolvedMessage(), deliveryId: other, thread });
  await send({ message: resolvedMessage(), deliveryId: other, thread });
  const [first, second, again] = receiver.mails;
  expect(second).toMatchObject({
    subject: "[Resolved] Weather API is up again",
    inReplyTo: first?.messageId,
    references: [first?.messageId],
  });
  expect(again?.messageId).toBe(second?.messageId);
  expect(resolved).toMatchObject({ kind: "sent", ref: thread });
});

test("the mail that confirms an address has its link and nothing to end", async () => {
  const url = "https://api.example/confirm-sink/token";
  const message = testMessage({
    event: "verification",
    severity: null,
    title: "Confirm that alerts may be sent here",
    incident: null,
    endpoint: null,
    links: [],
    proof: { code: "token", url },
  });
  await send({ message });
  const [mail] = receiver.mails;
  expect(mail?.text).toContain(url);
  expect(mail?.html).toContain(`href="${url}"`);
  expect(mail?.headers.has("list-unsubscribe")).toBe(false);
});

test("a digest lists its entries and counts those that did not fit", async () => {
  const entries = [
    {
      title: "Search API answered slowly",
      atMs: Date.UTC(2026, 10, 20, 8, 5),
      url: "https://app.example/i/1",
    },
    { title: "A tool's description changed", atMs: Date.UTC(2026, 10, 19, 7, 0), url: null },
  ];
  await send({
    message: testMessage({
      event: "digest",
      severity: null,
      incident: null,
      endpoint: null,
      entries,
      entriesLeftOut: 7,
    }),
  });
  const [mail] = receiver.mails;
  expect(mail?.text).toContain(
    "2026-11-20 08:05 UTC  Search API answered slowly\n    https://app.example/i/1",
  );
  expect(mail?.html).toContain('<a href="https://app.example/i/1">Search API answered slowly</a>');
  expect(mail?.text).toContain("And 7 more.");
});

describe("texts of strangers", () => {
  test.each(Object.entries(HOSTILE))("%s: become no header, no markup and no link", async (_name, text) => {
    await send({
      message: testMessage({
        title: text.slice(0, 150),
        summary: text,
        endpoint: { slug: "x", name: text, group: text.slice(0, 60), tags: [text.slice(0, 60)] },
        facts: [{ label: text.slice(0, 60), value: text }],
      }),
    });
    expect(receiver.refused).toEqual([]);
    const [mail] = receiver.mails;
    expect(mail?.html).not.toMatch(/<script|<a href="https:\/\/evil/i);
    expect(mail?.subject).not.toMatch(/[\p{Cc}\u202e\u2066]/u);
    expect([...(mail?.headers.keys() ?? [])]).not.toContain("bcc");
    expect(mail?.html).not.toMatch(/[\u202e\u2066]/);
  });

  test("as long as they may be still make a mail that servers take", async () => {
    await send({ message: hugeMessage("世<&\"'") });
    expect(receiver.refused).toEqual([]);
    expect(receiver.mails).toHaveLength(1);
  });
});

describe("what the mail server says is judged", () => {
  test.each([
    [421, "Try later", { kind: "retryable", reason: "refused_for_now" }],
    [450, "4.2.0 greylisted", { kind: "retryable", reason: "refused_for_now" }],
    [452, "4.2.2 mailbox full", { kind: "retryable", reason: "refused_for_now" }],
    [550, "5.1.1 no such user", { kind: "permanent", reason: "address_refused", isSinkDead: true }],
    [550, "no such user", { kind: "permanent", reason: "address_refused", isSinkDead: true }],
    [551, "not here", { kind: "permanent", reason: "address_refused", isSinkDead: true }],
    [550, "5.7.1 blocked by policy", { kind: "permanent", reason: "mail_refused", isSinkDead: false }],
    [552, "5.3.4 too large", { kind: "permanent", reason: "mail_refused", isSinkDead: false }],
    [554, "5.7.1 relay denied", { kind: "permanent", reason: "mail_refused", isSinkDead: false }],
    [535, "5.7.8 log in", { kind: "retryable", reason: "mail_server_refuses_us" }],
    [503, "5.5.1 bad sequence", { kind: "retryable", reason: "mail_server_refuses_us" }],
  ] as const)("%d %s", async (code, text, outcome) => {
    receiver.misbehave({ code, text });
    expect(await send()).toMatchObject({ ...outcome, answer: { status: code } });
    expect(receiver.mails).toEqual([]);
  });

  test("a server that hangs up is tried again", async () => {
    receiver.misbehave("reset");
    expect(await send()).toMatchObject({ kind: "retryable", reason: "mail_server_unreachable" });
  });

  test("no server at all is tried again", async () => {
    const mailer = openMailer({ smtpUrl: "smtp://127.0.0.1:9", from, log });
    deps = testSinkDeps({ sendMail: mailer.attempt });
    expect(await send()).toMatchObject({ kind: "retryable", answer: { status: null, text: null } });
    await mailer.close();
  });
});

test("the receiver of these tests refuses a mail without one-click unsubscribing", async () => {
  const mailer = openMailer({ smtpUrl: receiver.url, from, log });
  const mail = {
    to: "a@example.com",
    subject: "Hi",
    text: "Hi",
    html: "<p>Hi</p>",
    messageId: "<a@b>",
    references: [],
  };
  expect(await mailer.attempt({ ...mail, unsubscribeUrl: null })).toMatchObject({ status: 554 });
  expect(receiver.refused).toEqual(["missing: one-click unsubscribing"]);
  await mailer.close();
});

import { request } from "node:http";
import { openLogger } from "@alivemcp/runtime/logger";
import { openMailer } from "@alivemcp/runtime/mail";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Mailbox, openMailbox } from "../../services/runtime/test/mailbox.ts";
import { serveMailboxPage } from "./serve-mailbox-page.ts";

let mailbox: Mailbox;
let page: Awaited<ReturnType<typeof serveMailboxPage>>;
let mailer: ReturnType<typeof openMailer>;
beforeAll(async () => {
  mailbox = await openMailbox({ mailsMax: 3 });
  page = await serveMailboxPage(mailbox, 0);
  mailer = openMailer({ smtpUrl: mailbox.smtpUrl, from: "a@example.com", log: openLogger("test", "silent") });
});
afterAll(async () => {
  await mailer.close();
  await page.close();
  await mailbox.close();
});
const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${page.url}${path}`, { headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const send = (subject: string, html = "<p>x</p>") =>
  mailer.send({ to: "zoe@example.com", subject, text: "Go to http://127.0.0.1:4400/x?token=abc", html });

test("an empty mailbox says what to do", async () => {
  expect((await get("/")).text).toContain("No mail yet");
});

test("a mail can be read with its links, and nothing in it runs or shows as ours", async () => {
  await send('<img src=x onerror="alert(1)">', '<script>alert(1)</script><p onclick="alert(2)">Hello</p>');
  const [mail] = mailbox.list();
  const list = await get("/");
  expect(list.text).toContain(`/mails/${mail?.id}`);
  expect(list.text).not.toContain("<img");
  const one = await get(`/mails/${mail?.id}`);
  expect(one.text).toContain('href="http://127.0.0.1:4400/x?token=abc"');
  expect(one.text).toContain("sandbox=");
  expect(one.text).not.toContain("<script");
  const body = await get(`/mails/${mail?.id}/body`);
  expect(body.text).toContain("<script>alert(1)</script>");
  for (const { headers } of [list, one, body]) {
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  }
});

test("only the newest are kept", async () => {
  for (const subject of ["one", "two", "three", "four"]) {
    await send(subject);
  }
  expect(mailbox.list().map(({ subject }) => subject)).toEqual(["four", "three", "two"]);
  expect((await get("/mails/1")).status).toBe(404);
  expect((await get("/mails/abc")).status).toBe(404);
});

test("a site whose name resolves to this machine reads nothing", async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(`${page.url}/`, { headers: { host: "rebound.example" } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
  expect(status).toBe(421);
});

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import type { Mail } from "@alivemcp/runtime/mail";
import { openSubscriber } from "@alivemcp/runtime/subscriber-box";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTestApi, type TestApi } from "../../test/open-test-api.ts";

const HOUR_MS = 3_600_000;
let api: TestApi;
let slug = "";
let endpointId = "";
const mails: Mail[] = [];
const clock = { atMs: Date.now(), nowMs: () => clock.atMs };

beforeAll(async () => {
  api = await openTestApi({
    clock,
    mailer: {
      post: (mail) => mails.push(mail),
      send: async () => {},
      settled: async () => {},
      close: async () => {},
    },
  });
});
afterAll(() => api.close());
beforeEach(async () => {
  mails.length = 0;
  slug = `shown-${randomUUID().slice(0, 8)}`;
  endpointId = await seed(slug, "public");
  await api.redis.redis.del("limit:subscribe:unknown");
});

async function seed(name: string, visibility: string): Promise<string> {
  const { rows } = await api.database.pool("super").query<{ id: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     VALUES ('00000000-0000-4000-8000-000000000001', $1, '<b>Buy now http://evil.example</b>', $2, $2, $3, $3, $4, 'added', 'public') RETURNING id`,
    [name, `https://${name}.example.com/mcp`, `${name}.example.com`, visibility],
  );
  return rows[0]?.id ?? "";
}
const address = () => `reader-${randomUUID()}@example.com`;
const subscribe = (body: unknown) => api.send(null, "POST", "/v1/subscriptions", { body });
const form = (path: string, fields: Record<string, string>) =>
  api.app.request(path, { method: "POST", body: new URLSearchParams(fields) });
const subscribers = async () =>
  (await api.database.pool("super").query("SELECT * FROM subscriber WHERE endpoint_id = $1", [endpointId]))
    .rows;
const tokenOf = (mail: Mail | undefined) => /confirm\?token=([\w-]{43})/.exec(mail?.text ?? "")?.[1] ?? "";
const confirm = (token: string) => api.send(null, "POST", "/v1/subscriptions/confirm", { body: { token } });
const openRow = (row: { id: string; sealed: never; sealing_key_id: string }) =>
  openSubscriber(api.deps.config.SINK_KEY, row.id, { sealed: row.sealed, sealingKeyId: row.sealing_key_id });
const endTokenOf = (row: Parameters<typeof openRow>[0]) => openRow(row)?.endToken ?? "";

test("202: one mail asks for confirmation, and its button starts the subscription, once", async () => {
  const email = address();
  const { status, body } = await subscribe({ slug, email: ` ${email.toUpperCase()} ` });
  expect({ status, body }).toMatchObject({ status: 202, body: { status: "accepted" } });
  expect(mails).toMatchObject([{ to: email }]);
  expect(await subscribers()).toMatchObject([{ confirmed_at: null, kind: "email" }]);
  const token = tokenOf(mails[0]);
  expect((await confirm(token)).status).toBe(200);
  expect((await subscribers())[0].confirmed_at).not.toBeNull();
  expect(await confirm(token)).toMatchObject({ status: 400, body: { code: "invalid", field: "token" } });
  expect(mails).toHaveLength(1);
});

test("the address is not in the row, only sealed to who sends, and the tokens only as hashes", async () => {
  const email = address();
  await subscribe({ slug, email });
  const [row] = await subscribers();
  const text = JSON.stringify(row);
  expect(text).not.toContain(email);
  expect(text).not.toContain(tokenOf(mails[0]));
  expect(openRow(row)).toMatchObject({ kind: "email", address: email });
});

test("the mail that strangers can cause holds no word of theirs", async () => {
  await subscribe({ slug, email: address() });
  expect(JSON.stringify(mails)).not.toMatch(/evil|Buy now/);
});

test("who is subscribed gets the same answer and no mail", async () => {
  const email = address();
  const first = await subscribe({ slug, email });
  await confirm(tokenOf(mails[0]));
  const again = await subscribe({ slug, email });
  expect(again.status).toBe(first.status);
  expect(again.text).toBe(first.text);
  expect(mails).toHaveLength(1);
});

test("asking again before confirming mails a new link, and the old one is void", async () => {
  const email = address();
  await subscribe({ slug, email });
  await subscribe({ slug, email });
  expect((await confirm(tokenOf(mails[0]))).status).toBe(400);
  expect((await confirm(tokenOf(mails[1]))).status).toBe(200);
  expect(await subscribers()).toHaveLength(1);
});

test("a link works for 24 hours", async () => {
  await subscribe({ slug, email: address() });
  clock.atMs += 24 * HOUR_MS;
  expect((await confirm(tokenOf(mails[0]))).status).toBe(400);
  clock.atMs -= 1;
  expect((await confirm(tokenOf(mails[0]))).status).toBe(200);
});

test.each([
  ["no address", { email: "not an address" }, "email"],
  ["two addresses", { email: "a@example.com,b@example.com" }, "email"],
  ["a header", { email: "a@example.com\r\nBcc: b@example.com" }, "email"],
  ["nothing", {}, "email"],
])("400: %s", async (_case, body, field) => {
  expect(await subscribe({ slug, ...body })).toMatchObject({ status: 400, body: { field } });
  expect(mails).toEqual([]);
});

test("404: a private endpoint is as unknown as none", async () => {
  const hidden = `hidden-${randomUUID().slice(0, 8)}`;
  await seed(hidden, "private");
  const answers = await Promise.all(
    [hidden, "nobody-of-this-name"].map((name) => subscribe({ slug: name, email: address() })),
  );
  expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  expect(answers[0]?.body.detail).toBe(answers[1]?.body.detail);
  expect(mails).toEqual([]);
});

test("429: a caller may ask ten times an hour, and an address is mailed three times a day", async () => {
  const email = address();
  for (let n = 0; n < 3; n += 1) {
    expect((await subscribe({ slug, email })).status).toBe(202);
  }
  const over = await subscribe({ slug, email });
  expect(over).toMatchObject({ status: 429, body: { code: "rate_limited" } });
  expect(mails).toHaveLength(3);
  for (let n = 4; n < 10; n += 1) {
    expect((await subscribe({ slug, email: address() })).status).toBe(202);
  }
  expect((await subscribe({ slug, email: address() })).status).toBe(429);
});

test("303: the forms lead back to a page that says what came of it", async () => {
  const asked = await form("/v1/subscriptions", { slug, email: address() });
  expect(asked.headers.get("location")).toBe(`http://status.test/status/${slug}?subscribe=sent#subscribe`);
  const bad = await form("/v1/subscriptions", { slug, email: "nobody" });
  expect(bad.headers.get("location")).toBe(`http://status.test/status/${slug}?subscribe=invalid#subscribe`);
  const strange = await form("/v1/subscriptions", { slug: "//evil.example", email: address() });
  expect(strange.headers.get("location")).toBe("http://status.test/?subscribe=unknown#subscribe");
  const done = await form("/v1/subscriptions/confirm", { token: tokenOf(mails[0]) });
  expect([done.status, done.headers.get("location")]).toEqual([
    303,
    "http://status.test/subscriptions/done?outcome=confirmed",
  ]);
  const expired = await form("/v1/subscriptions/confirm", { token: tokenOf(mails[0]) });
  expect(expired.headers.get("location")).toBe("http://status.test/subscriptions/done?outcome=expired");
});

test("a mail program ends a subscription with one POST; a GET only leads to a page", async () => {
  await subscribe({ slug, email: address() });
  await confirm(tokenOf(mails[0]));
  const [row] = await subscribers();
  const path = `/v1/subscriptions/end?token=${endTokenOf(row)}`;
  const looked = await api.app.request(path);
  expect([looked.status, looked.headers.get("location")]).toEqual([
    303,
    `http://status.test/subscriptions/end?token=${endTokenOf(row)}`,
  ]);
  expect(await subscribers()).toHaveLength(1);
  const ended = await form(path, { "List-Unsubscribe": "One-Click" });
  expect(ended.status).toBe(200);
  expect(await subscribers()).toHaveLength(0);
  expect((await form(path, { "List-Unsubscribe": "One-Click" })).status).toBe(200);
});

describe("a webhook", () => {
  const receive = async (answer: (challenge: string) => string, status = 200) => {
    const got: { type: string; signature: string }[] = [];
    const server = createServer(async (request, response) => {
      const body = (await readJson(request)) as { type: string; data: { challenge: string } };
      got.push({ type: body.type, signature: String(request.headers["webhook-signature"]) });
      response.writeHead(status).end(answer(body.data.challenge));
    });
    server.listen(0, "127.0.77.40");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { got, url: `http://127.0.77.40:${port}/hook`, close: () => server.close() };
  };

  test("201: that gives its challenge back is told of incidents from then on, and learns its secret once", async () => {
    const hook = await receive((challenge) => JSON.stringify({ challenge }));
    const { status, body } = await subscribe({ slug, webhook: hook.url });
    hook.close();
    expect({ status, body }).toMatchObject({ status: 201, body: { status: "confirmed" } });
    expect(hook.got).toMatchObject([
      { type: "endpoint.verification", signature: expect.stringMatching(/^v1,/) },
    ]);
    const [row] = await subscribers();
    expect(openRow(row)).toMatchObject({ kind: "webhook", url: hook.url, secret: body.secret });
    expect(JSON.stringify(row)).not.toContain("127.0.77.40");
    const end = new URL(body.unsubscribe_url);
    expect((await api.send(null, "POST", end.pathname + end.search)).status).toBe(200);
    expect(await subscribers()).toEqual([]);
  });

  test.each([
    ["gives another challenge back", () => JSON.stringify({ challenge: "x" }), 200],
    ["says nothing", () => "", 200],
    ["fails", (challenge: string) => JSON.stringify({ challenge }), 500],
  ])("400: that %s is not subscribed", async (_case, answer, answered) => {
    const hook = await receive(answer, answered);
    expect(await subscribe({ slug, webhook: hook.url })).toMatchObject({
      status: 400,
      body: { field: "webhook" },
    });
    hook.close();
    expect(await subscribers()).toEqual([]);
  });

  test.each(["http://10.0.0.1/hook", "https://user:pw@example.com/", "ftp://example.com/", "nothing"])(
    "400: %s is not asked",
    async (webhook) => {
      expect(await subscribe({ slug, webhook })).toMatchObject({ status: 400, body: { field: "webhook" } });
    },
  );
});

test("the page's button ends it, too, and leads on", async () => {
  await subscribe({ slug, email: address() });
  const [row] = await subscribers();
  const ended = await form("/v1/subscriptions/end", { token: endTokenOf(row), "from-page": "1" });
  expect([ended.status, ended.headers.get("location")]).toEqual([
    303,
    "http://status.test/subscriptions/done?outcome=ended",
  ]);
  expect(await subscribers()).toHaveLength(0);
});

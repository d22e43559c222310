import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestApi, type TestApi } from "../../test/open-test-api.ts";
import { addBelongings, type Belongings } from "../../test/operations.ts";

let api: TestApi;
let mine: Belongings;
beforeAll(async () => {
  api = await openTestApi();
  mine = await addBelongings(api);
});
afterAll(() => api.close());

const patch = (endpoint: string, body: unknown, headers: Record<string, string> = {}) =>
  api.send(mine.key, "PATCH", `/v1/endpoints/${endpoint}`, { body, headers });

test("ids and slugs are accepted alike, and what is followed is listed with what is owned", async () => {
  const [byId, bySlug] = await Promise.all(
    [mine.endpoint, mine.endpointSlug].map((word) => api.send(mine.key, "GET", `/v1/endpoints/${word}`)),
  );
  expect(byId?.body).toEqual(bySlug?.body);
  const listed = await api.send(mine.key, "GET", "/v1/endpoints");
  expect(
    listed.body.items.map((item: { slug: string; is_followed: boolean }) => [item.slug, item.is_followed]),
  ).toEqual(
    expect.arrayContaining([
      [mine.endpointSlug, false],
      [mine.followed, true],
    ]),
  );
  expect((await api.send(mine.key, "GET", `/v1/endpoints/${mine.followed}`)).body.settings).toBeNull();
});

test("a slug that an endpoint had before leads on to the present one, with method and query kept", async () => {
  const of = await addBelongings(api);
  const slug = `moved-${randomUUID().slice(0, 8)}`;
  const renamed = await api.send(of.key, "PATCH", `/v1/endpoints/${of.endpoint}`, { body: { slug } });
  expect(renamed.status).toBe(200);
  const present = renamed.body.slug;
  for (const [method, rest] of [
    ["GET", ""],
    ["GET", "/minutes?limit=5"],
    ["POST", "/pause"],
    ["DELETE", ""],
  ] as const) {
    const response = await api.app.request(`/v1/endpoints/${of.endpointSlug}${rest}`, {
      method,
      headers: { authorization: `Bearer ${of.key}` },
    });
    expect([response.status, response.headers.get("location")]).toEqual([
      308,
      `/v1/endpoints/${present}${rest}`,
    ]);
  }
  const stranger = await api.send(mine.key, "GET", `/v1/endpoints/${of.endpointSlug}`);
  expect(stranger.status).toBe(404);
});

test("with If-Match nobody overwrites what they have not seen", async () => {
  const seen = await api.send(mine.key, "GET", `/v1/endpoints/${mine.endpoint}`);
  const etag = seen.headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[0-9a-f]{24}"$/);
  const first = await patch(mine.endpoint, { name: "First" }, { "if-match": etag });
  expect([first.status, first.headers.get("etag") === etag]).toEqual([200, false]);
  expect((await patch(mine.endpoint, { name: "Second" }, { "if-match": etag })).status).toBe(409);
  expect((await patch(mine.endpoint, { name: "Third" }, { "if-match": "*" })).status).toBe(200);
  expect((await patch(mine.endpoint, { name: "Fourth" }, { "if-match": 'W/"x"' })).status).toBe(400);
  expect((await api.send(mine.key, "GET", `/v1/endpoints/${mine.endpoint}`)).body.name).toBe("Third");
});

test("names may hold any script, and come back as they were sent", async () => {
  for (const name of ["Zoë’s 服务器", "مرحبا", "👩‍💻 tools", "x".repeat(200)]) {
    expect((await patch(mine.endpoint, { name })).body.name).toBe(name);
  }
  expect((await patch(mine.endpoint, { name: "x".repeat(201) })).status).toBe(400);
});

test("the list is filtered by what it is asked for", async () => {
  const of = await addBelongings(api);
  const body = { tags: ["Prod", "eu"], group: "Search" };
  await api.send(of.key, "PATCH", `/v1/endpoints/${of.endpoint}`, { body });
  const slugs = async (query: string) =>
    (await api.send(of.key, "GET", `/v1/endpoints?${query}`)).body.items.map(
      (item: { slug: string }) => item.slug,
    );
  expect(await slugs("tag=prod")).toEqual([of.endpointSlug]);
  expect(await slugs("tag=PROD&group=Search")).toEqual([of.endpointSlug]);
  expect(await slugs("followed=true")).toEqual([of.followed]);
  expect(await slugs("visibility=unlisted")).toEqual([of.endpointSlug]);
  expect(await slugs("paused=true")).toEqual([]);
  expect(await slugs("state=unknown")).toHaveLength(2);
  expect(await slugs("state=live")).toEqual([]);
  expect(await slugs(`text=${of.endpointSlug.slice(0, 20)}`)).toEqual([of.endpointSlug]);
});

test("pages neither repeat nor skip a row when others are added meanwhile", async () => {
  const of = await addBelongings(api);
  for (let n = 0; n < 5; n += 1) {
    await api.send(of.key, "POST", "/v1/endpoints", {
      body: { url: `http://127.0.77.9:5000/page-${n}-${of.endpoint}` },
    });
  }
  const before = (await api.send(of.key, "GET", "/v1/endpoints?limit=100")).body.items.length;
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `limit=2${cursor === null ? "" : `&cursor=${cursor}`}`;
    const page = await api.send(of.key, "GET", `/v1/endpoints?${query}`);
    seen.push(...page.body.items.map((item: { id: string }) => item.id));
    cursor = page.body.next_cursor;
    await api.send(of.key, "POST", "/v1/endpoints", {
      body: { url: `http://127.0.77.9:5000/${randomUUID()}` },
    });
  } while (cursor !== null);
  expect([seen.length, new Set(seen).size]).toEqual([before, before]);
  const filtered = (await api.send(of.key, "GET", "/v1/endpoints?limit=1")).body.next_cursor;
  expect((await api.send(of.key, "GET", `/v1/endpoints?limit=1&tag=x&cursor=${filtered}`)).status).toBe(400);
});

test("metrics come as Prometheus text, and as OpenMetrics to who asks", async () => {
  const plain = await api.send(mine.key, "GET", "/v1/metrics");
  expect(plain.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(plain.text).toContain(`alivemcp_endpoint_paused{endpoint="${mine.endpointSlug}"} 0`);
  expect(plain.text).toContain(`alivemcp_endpoint_state{endpoint="${mine.endpointSlug}",state="unknown"} 1`);
  const open = await api.send(mine.key, "GET", "/v1/metrics", {
    headers: { accept: "application/openmetrics-text; version=1.0.0,text/plain;q=0.5" },
  });
  expect(open.headers.get("content-type")).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
  expect(open.text.trimEnd().endsWith("# EOF")).toBe(true);
});

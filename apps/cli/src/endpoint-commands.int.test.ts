/** `alivemcp add`, `list` and `status` against the real API. */
import { RAW_FIELDS } from "@alivemcp/core/now-fields";
import { minuteOf, nowKey } from "@alivemcp/core/pipeline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { openTestRedis, type TestRedis } from "../../../services/runtime/test/redis.ts";
import { runInTerminal } from "../test/run-in-terminal.ts";
import { type ApiProcess, startApi } from "../test/start-api.ts";

let database: TestDatabase;
let redis: TestRedis;
let api: ApiProcess;

beforeAll(async () => {
  [database, redis] = await Promise.all([openTestDatabase(), openTestRedis()]);
  api = await startApi({ databaseUrl: database.url("app"), redisUrl: redis.url });
}, 60_000);
afterAll(async () => {
  await api?.stop();
  await Promise.all([database?.close(), redis?.close()]);
});

const alivemcp = (...args: string[]) =>
  runInTerminal(args, { env: { ALIVEMCP_API_URL: api.url, ALIVEMCP_API_KEY: api.key } });
const seeState = (id: string, state: string) =>
  redis.redis.hset(nowKey(id), {
    [RAW_FIELDS.state]: state,
    [RAW_FIELDS.reason]: state === "down" ? "connection_refused" : "",
    [RAW_FIELDS.minute]: minuteOf(Date.now()),
    [RAW_FIELDS.atMs]: Date.now(),
    [RAW_FIELDS.latencyMs]: "",
  });

test("without endpoints the list says how to begin", async () => {
  expect(await alivemcp("list")).toMatchObject({ exitCode: 0, out: expect.stringContaining("alivemcp add") });
  expect((await alivemcp("list", "--json")).out).toBe("[]");
});

test("what was added is listed and has a status", async () => {
  const added = await alivemcp("add", "http://127.0.77.30:5000/mcp", "--name", "First", "--json");
  expect(added.exitCode).toBe(0);
  const { slug, id } = JSON.parse(added.out) as { slug: string; id: string };
  expect(slug).toMatch(/^first-[0-9a-f]{16}$/);

  const listed = await alivemcp("list");
  expect(listed.out).toContain(slug);
  expect(listed.out).toContain("http://127.0.77.30:5000/mcp");

  for (const [state, word, exitCode] of [
    ["up", "live", 0],
    ["degraded", "degraded", 1],
    ["down", "down", 2],
    ["unknown", "unknown", 3],
  ] as const) {
    await seeState(id, state);
    const shown = await alivemcp("status", slug);
    expect({ state, exitCode: shown.exitCode }).toEqual({ state, exitCode });
    expect(shown.out.startsWith(word)).toBe(true);
    expect(JSON.parse((await alivemcp("status", slug, "--json")).out)).toMatchObject({ slug, state: word });
  }
});

test("the list follows the pages to the last endpoint", async () => {
  const { rows } = await database.pool("super").query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ') AS columns FROM pg_attribute
       WHERE attrelid = 'endpoints'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
         AND attname NOT IN ('id', 'number', 'slug', 'url', 'normalized_url')`,
  );
  await database.pool("super").query(
    `INSERT INTO endpoints (id, slug, url, normalized_url, ${rows[0]?.columns})
     SELECT gen_random_uuid(), 'copy-' || n, 'http://127.0.77.31/' || n, 'http://127.0.77.31/' || n, ${rows[0]?.columns}
     FROM generate_series(1, 120) AS n, (SELECT * FROM endpoints LIMIT 1) AS one`,
  );
  const slugs = (JSON.parse((await alivemcp("list", "--json")).out) as { slug: string }[]).map(
    ({ slug }) => slug,
  );
  expect(new Set(slugs).size).toBe(121);
});

test("the API's refusals are told with their field, as a wrong command line", async () => {
  expect(await alivemcp("add", "http://127.0.0.1/mcp")).toMatchObject({
    exitCode: 64,
    err: expect.stringMatching(/url: .*private/),
  });
  expect(await alivemcp("add", "npx some-server")).toMatchObject({
    exitCode: 64,
    err: expect.stringContaining("stdio"),
  });
  expect(await alivemcp("status", "nobody")).toMatchObject({ exitCode: 64, out: "" });
});

test("without a key, with a wrong one, and without an API the sentence says what to do", async () => {
  expect(await runInTerminal(["list"], { env: { ALIVEMCP_API_URL: api.url } })).toMatchObject({
    exitCode: 64,
    err: expect.stringContaining("ALIVEMCP_API_KEY"),
  });
  const wrong = { ALIVEMCP_API_URL: api.url, ALIVEMCP_API_KEY: "wrong-key-that-stays-secret" };
  const refused = await runInTerminal(["list"], { env: wrong });
  expect(refused.exitCode).toBe(64);
  expect(refused.err).not.toContain(wrong.ALIVEMCP_API_KEY);
  const nowhere = { ALIVEMCP_API_URL: "http://127.0.0.1:9", ALIVEMCP_API_KEY: "any" };
  expect(await runInTerminal(["list"], { env: nowhere })).toMatchObject({
    exitCode: 3,
    err: expect.stringContaining("ALIVEMCP_API_URL"),
  });
});

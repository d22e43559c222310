/** Stores and uses a credential of every kind, fails with some, and then looks for them in everything that keeps bytes. */
import { randomBytes } from "node:crypto";
import { credentialPath } from "@alivemcp/core/internal-port";
import { openLogger } from "@alivemcp/runtime/logger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TEST_INTERNAL_TOKEN } from "../../test/api-config.ts";
import { type ApiWorld, openApiWorld } from "../../test/open-api-world.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  openAuthorizationServer,
  type TestAuthorizationServer,
} from "../../test/open-authorization-server.ts";
import { renewDataKeys, tendVault } from "../vault/tend-vault.ts";

let world: ApiWorld;
let server: TestAuthorizationServer;
let logged = "";
beforeAll(async () => {
  const log = openLogger("api", "trace", {
    write(line: string) {
      logged += line;
    },
  });
  [world, server] = await Promise.all([openApiWorld({}, { log }), openAuthorizationServer()]);
});
afterAll(async () => {
  await Promise.all([world?.close(), server?.close()]);
});

const newSecret = (name: string) => `${name}-${randomBytes(18).toString("hex")}`;

/** A secret as it is, and as it would look after the usual encodings. */
const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret);
  // Without the ends, which depend on what stands beside it.
  const middle = (encoding: "base64" | "base64url") =>
    [0, 1, 2].map((shift) => bytes.subarray(shift).toString(encoding).slice(4, 28));
  return [...new Set([secret, bytes.toString("hex"), ...middle("base64"), ...middle("base64url")])];
};

async function dumpPostgres(): Promise<string> {
  const pool = world.database.pool("super");
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  );
  expect(tables.length).toBeGreaterThan(20);
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
    texts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return texts.join("\n");
}

async function dumpRedis(): Promise<string> {
  const { redis } = world.deps;
  const texts: string[] = [];
  for (const key of await redis.keys("*")) {
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      hash: () => redis.hgetall(key),
      list: () => redis.lrange(key, 0, -1),
      set: () => redis.smembers(key),
      zset: () => redis.zrange(key, "0", "-1"),
      stream: () => redis.xrange(key, "-", "+"),
    };
    texts.push(`${key} ${JSON.stringify(await read[await redis.type(key)]?.())}`);
  }
  return texts.join("\n");
}

test("no credential, token or key stands in Postgres, Redis or a log line, whatever was done with it", async () => {
  const tenant = await world.addTenant({ plan: "enterprise" });
  const [bearer, first, second, wrong] = ["bearer", "header-one", "header-two", "wrong"].map(newSecret) as [
    string,
    string,
    string,
    string,
  ];
  const secrets = [bearer, first, second, wrong, CLIENT_SECRET];

  const withBearer = await world.addEndpoint(tenant);
  await world.put(tenant, withBearer, { kind: "bearer", token: bearer });
  const withHeaders = await world.addEndpoint(tenant);
  await world.put(tenant, withHeaders, {
    kind: "headers",
    headers: [
      { name: "X-Api-Key", value: first },
      { name: "Authorization", value: `Basic ${second}` },
    ],
  });
  const walled = await world.addEndpoint(tenant, { url: server.endpointUrl });
  await world.put(tenant, walled, {
    kind: "client_credentials",
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
  });

  for (const endpoint of [withBearer, withHeaders, walled]) {
    expect((await world.open(tenant, endpoint)).headers).not.toBeNull();
    expect((await world.open(tenant, endpoint, { isRenewal: true })).headers).not.toBeNull();
  }
  // Connect in place of client credentials, renewed once, with an attempt left open.
  const started = await world.startConnect(tenant, walled);
  const parameters = await server.logIn(String(started.body.authorizationUrl));
  expect((await world.finishConnect(tenant, parameters)).status).toBe(200);
  world.moveMs(3_600_000);
  expect((await world.open(tenant, walled)).headers).not.toBeNull();
  await world.startConnect(tenant, walled, { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  // What goes wrong is logged, and must not be logged with it.
  await world.put(tenant, withBearer, { kind: "bearer", token: `${wrong} with blanks` });
  await world.put(tenant, withBearer, { kind: "headers", headers: [{ name: wrong, value: `${wrong}\r\n` }] });
  await world.app.request(credentialPath(withBearer), {
    method: "PUT",
    headers: { authorization: `Bearer ${TEST_INTERNAL_TOKEN}` },
    body: wrong,
  });
  server.knobs.tokenError = "invalid_grant";
  world.moveMs(3_600_000);
  expect((await world.open(tenant, walled)).rejected).not.toBeNull();
  await renewDataKeys(world.deps);
  await tendVault(world.deps);

  secrets.push(
    ...server.accessTokens,
    ...server.refreshTokens,
    ...server.tokenRequests.flatMap((one) => one.code_verifier ?? []),
  );
  const places = { postgres: await dumpPostgres(), redis: await dumpRedis(), logs: logged };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(1_000);
    const found = secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
    expect(found, place).toEqual([]);
  }
  // What may be seen is there, so the dumps are of the right places.
  expect(places.postgres).toContain(server.origin);
  expect(places.redis).toContain(withBearer);
  expect(places.logs).toContain(walled);
});

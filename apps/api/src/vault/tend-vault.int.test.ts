import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestTenant } from "../../../../db/test/tenant.ts";
import { type ApiWorld, openApiWorld } from "../../test/open-api-world.ts";
import {
  CLIENT_ID,
  CLIENT_SECRET,
  openAuthorizationServer,
  type TestAuthorizationServer,
} from "../../test/open-authorization-server.ts";
import { addKey } from "./key-file.ts";
import { countDataKeys, renewDataKeys, tendVault } from "./tend-vault.ts";
import type { Vault } from "./vault.ts";

let world: ApiWorld;
let server: TestAuthorizationServer;
beforeAll(async () => {
  [world, server] = await Promise.all([openApiWorld(), openAuthorizationServer()]);
});
afterAll(async () => {
  await Promise.all([world?.close(), server?.close()]);
});

const query = async (text: string, values: unknown[]) =>
  (await world.database.pool("super").query(text, values)).rows;
const sealedOf = (tenant: TestTenant) =>
  query(
    `SELECT data_key_version, encode(sealed, 'hex') AS sealed FROM endpoint_credential WHERE tenant_id = $1
     UNION ALL SELECT data_key_version, encode(access_sealed, 'hex') FROM endpoint_oauth_token WHERE tenant_id = $1
     ORDER BY sealed`,
    [tenant.id],
  );
const dataKeysOf = (tenant: TestTenant) =>
  query(
    "SELECT version, provider_key_id, encode(wrapped_key, 'hex') AS wrapped FROM tenant_data_key WHERE tenant_id = $1 ORDER BY version",
    [tenant.id],
  );

/** A workspace with bearer tokens of its own and one OAuth credential that has an access token. */
async function addVault(bearers: number) {
  const tenant = await world.addTenant({ plan: "enterprise" });
  const tokens = new Map<string, string>();
  for (let n = 0; n < bearers; n += 1) {
    const endpoint = await world.addEndpoint(tenant);
    const token = `token-${randomUUID()}`;
    tokens.set(endpoint, `Bearer ${token}`);
    await world.put(tenant, endpoint, { kind: "bearer", token });
  }
  const walled = await world.addEndpoint(tenant, { url: server.endpointUrl });
  await world.put(tenant, walled, {
    kind: "client_credentials",
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
  });
  tokens.set(walled, String((await world.open(tenant, walled)).headers?.Authorization));
  const readAll = async () =>
    new Map(
      await Promise.all(
        [...tokens.keys()].map(
          async (endpoint) =>
            [endpoint, (await world.open(tenant, endpoint)).headers?.Authorization] as const,
        ),
      ),
    );
  return { tenant, tokens, readAll };
}

/** A vault that fails at its nth sealing for a tenant, as a process that dies there. */
const dyingAt = (tenant: TestTenant, n: number): Vault => {
  let seals = 0;
  return {
    ...world.deps.vault,
    seal: (...args) => {
      const isTheirs = args[0].tenantId === tenant.id;
      seals += Number(isTheirs);
      return isTheirs && seals === n ? Promise.reject(new Error("killed")) : world.deps.vault.seal(...args);
    },
  };
};

describe("rotation of the provider's key", () => {
  test("wraps every data key under the new one; what is encrypted stays as it is and opens all along", async () => {
    const { tenant, tokens, readAll } = await addVault(3);
    const before = await sealedOf(tenant);
    const id = addKey(world.deps.config.VAULT_KEY_FILE, { nowMs: Date.now(), wrapsFromMs: Date.now() });
    const [, ...reads] = await Promise.all([tendVault(world.deps), readAll(), readAll(), readAll()]);
    expect([...reads, await readAll()]).toEqual([tokens, tokens, tokens, tokens]);
    expect(await dataKeysOf(tenant)).toMatchObject([{ version: 1, provider_key_id: id }]);
    expect(await sealedOf(tenant)).toEqual(before);
    expect([...(await countDataKeys(world.deps)).keys()]).toEqual([`local/${id}`]);
  });
});

describe("rotation of data keys", () => {
  test("encrypts every secret under the new one, while workers ask and owners store", async () => {
    const { tenant, tokens, readAll } = await addVault(5);
    const before = await sealedOf(tenant);
    expect(await renewDataKeys(world.deps)).toBeGreaterThan(0);
    const late = await world.addEndpoint(tenant);
    const [, , ...reads] = await Promise.all([
      tendVault(world.deps),
      world.put(tenant, late, { kind: "bearer", token: "stored-during-rotation" }),
      readAll(),
      readAll(),
    ]);
    expect(reads).toEqual([tokens, tokens]);
    await tendVault(world.deps);
    expect(await readAll()).toEqual(tokens);
    expect((await world.open(tenant, late)).headers).toEqual({
      Authorization: "Bearer stored-during-rotation",
    });
    const after = await sealedOf(tenant);
    expect(new Set(after.map((row) => row.data_key_version))).toEqual(new Set([2]));
    expect(after.filter(({ sealed }) => before.some((row) => row.sealed === sealed))).toEqual([]);
  });

  test("goes on where a crash in the middle left it", async () => {
    const { tenant, tokens, readAll } = await addVault(4);
    await renewDataKeys(world.deps);
    const died = await tendVault({ ...world.deps, vault: dyingAt(tenant, 3) });
    expect(died.failures).toBe(1);
    const versions = (await sealedOf(tenant)).map((row) => row.data_key_version);
    expect(new Set(versions).size).toBe(2);
    expect(await readAll()).toEqual(tokens);
    expect(await tendVault(world.deps)).toMatchObject({ failures: 0 });
    expect(new Set((await sealedOf(tenant)).map((row) => row.data_key_version)).size).toBe(1);
    expect(await readAll()).toEqual(tokens);
  });

  test("drops an old data key once nothing is under it and the new one is an hour old, not before", async () => {
    const { tenant, readAll, tokens } = await addVault(1);
    await renewDataKeys(world.deps);
    await tendVault(world.deps);
    expect(await dataKeysOf(tenant)).toHaveLength(2);
    await query(
      "UPDATE tenant_data_key SET created_at = created_at - interval '61 minutes' WHERE tenant_id = $1",
      [tenant.id],
    );
    await tendVault(world.deps);
    expect(await dataKeysOf(tenant)).toMatchObject([{ version: 2 }]);
    expect(await readAll()).toEqual(tokens);
  });

  test("by two processes at once does the work once", async () => {
    const { tenant, tokens, readAll } = await addVault(6);
    await renewDataKeys(world.deps);
    await Promise.all([tendVault(world.deps), tendVault(world.deps)]);
    expect(new Set((await sealedOf(tenant)).map((row) => row.data_key_version))).toEqual(new Set([2]));
    expect(await readAll()).toEqual(tokens);
  });
});

test("access tokens are forgotten when they expire", async () => {
  const { tenant } = await addVault(0);
  world.moveMs(3_601_000);
  await tendVault(world.deps);
  expect(
    await query("SELECT access_sealed FROM endpoint_oauth_token WHERE tenant_id = $1", [tenant.id]),
  ).toEqual([{ access_sealed: null }]);
});

test("a secret copied to another row opens nothing there: not of another endpoint, nor of another tenant, nor an older one", async () => {
  const [mine, theirs] = [await addVault(2), await addVault(1)];
  const [first = "", second = ""] = [...mine.tokens.keys()];
  const [foreign = ""] = [...theirs.tokens.keys()];
  const copy = (from: string, to: string) =>
    query(
      `UPDATE endpoint_credential c SET sealed = o.sealed, data_key_version = o.data_key_version
       FROM endpoint_credential o WHERE o.endpoint_id = $1 AND c.endpoint_id = $2`,
      [from, to],
    );
  await copy(first, second);
  expect((await world.open(mine.tenant, second)).status).toBe(500);
  await copy(foreign, second);
  expect((await world.open(mine.tenant, second)).status).toBe(500);
  const [old] = await query("SELECT sealed FROM endpoint_credential WHERE endpoint_id = $1", [first]);
  await world.put(mine.tenant, first, { kind: "bearer", token: "the-next-token" });
  await query("UPDATE endpoint_credential SET sealed = $2 WHERE endpoint_id = $1", [first, old.sealed]);
  expect((await world.open(mine.tenant, first)).status).toBe(500);
});

import { randomUUID } from "node:crypto";
import { credentialPath } from "@alivemcp/core/internal-port";
import { probeJobSchema } from "@alivemcp/core/pipeline";
import { findEndpointPlan } from "@alivemcp/db/queries/endpoint-plans";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestTenant } from "../../../../db/test/tenant.ts";
import { type ApiWorld, openApiWorld } from "../../test/open-api-world.ts";

const TOKEN = "tok-0123456789-abcdef-7f3a";
const bearer = { kind: "bearer", token: TOKEN };
let world: ApiWorld;
let tenant: TestTenant;
beforeAll(async () => {
  world = await openApiWorld();
  tenant = await world.addTenant();
});
afterAll(() => world?.close());

const rows = async (text: string, ...values: unknown[]) =>
  (await world.database.pool("super").query(text, values)).rows;

describe("storing a credential", () => {
  test("makes the endpoint private, counts a new configuration, and says who did it, in one step", async () => {
    const endpoint = await world.addEndpoint(tenant, { visibility: "public" });
    const [before] = await rows("SELECT config_version FROM endpoints WHERE id = $1", endpoint);
    const { status, body } = await world.put(tenant, endpoint, bearer);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        credential: {
          kind: "bearer",
          version: 1,
          hints: { headerNames: ["Authorization"], lastFour: "7f3a" },
          expiry: { kind: "unknown" },
          createdBy: tenant.ownerId,
        },
        isProbeRequested: true,
      },
    });
    expect(await rows("SELECT visibility, config_version FROM endpoints WHERE id = $1", endpoint)).toEqual([
      { visibility: "private", config_version: before.config_version + 1 },
    ]);
    const [audit] = await rows("SELECT * FROM audit_log WHERE target_id = $1", endpoint);
    expect(audit).toMatchObject({
      action: "credential.write",
      target_kind: "credential",
      actor_id: tenant.ownerId,
      request_id: "req-1",
      from_address: "192.0.2.7",
    });
  });

  test("asks for a probe that carries a ticket for it", async () => {
    const endpoint = await world.addEndpoint(tenant);
    await world.put(tenant, endpoint, bearer);
    const jobs = await Promise.all(
      [...world.deps.probeQueues.values()].map((queue) => queue.getJobs(["wait"])),
    );
    const mine = jobs.flat().filter(({ data }) => data.endpointId === endpoint);
    expect(mine.length).toBeGreaterThan(0);
    for (const { data } of mine) {
      expect(probeJobSchema.parse(data).credentialTicket).not.toBeNull();
    }
    expect(JSON.stringify(mine.map(({ data }) => data))).not.toContain(TOKEN);
  });

  test("replaces the one before: another version, which no earlier ticket opens", async () => {
    const endpoint = await world.addEndpoint(tenant);
    await world.put(tenant, endpoint, bearer);
    const { body } = await world.put(tenant, endpoint, {
      kind: "headers",
      headers: [{ name: "X-Api-Key", value: "k-1" }],
    });
    expect(body).toMatchObject({
      credential: { kind: "headers", version: 2, hints: { headerNames: ["X-Api-Key"] } },
    });
    expect((await world.open(tenant, endpoint)).headers).toEqual({ "X-Api-Key": "k-1" });
    expect(await findEndpointPlan(tenant.scope, world.deps.pool, endpoint)).toMatchObject({
      credentialVersion: 2,
    });
  });

  test("reads when a JWT expires, and warns in its last 72 hours", async () => {
    const endpoint = await world.addEndpoint(tenant);
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const expS = Math.floor(Date.now() / 1_000) + 100_000;
    const token = `${part({ alg: "none" })}.${part({ exp: expS })}.x`;
    const { body } = await world.put(tenant, endpoint, { kind: "bearer", token });
    expect(body).toMatchObject({
      credential: { expiry: { kind: "expiring", expiresAtMs: expS * 1_000 }, expirySource: "jwt" },
    });
  });

  test("is refused beyond the private endpoints of the plan, with what the limit is; replacing is not", async () => {
    const author = await world.addTenant({ plan: "author" });
    const endpoints = await Promise.all([1, 2, 3].map(() => world.addEndpoint(author)));
    const [first = "", second = "", third = ""] = endpoints;
    await world.put(author, first, bearer);
    await world.put(author, second, bearer);
    expect(await world.put(author, third, bearer)).toMatchObject({
      status: 402,
      body: { code: "limit_reached", detail: expect.stringContaining("2 private endpoints") },
    });
    expect(await rows("SELECT visibility FROM endpoints WHERE id = $1", third)).toEqual([
      { visibility: "unlisted" },
    ]);
    expect((await world.describe(author, third)).body).toEqual({ credential: null });
    expect((await world.put(author, first, bearer)).status).toBe(200);
  });

  test.each([
    [
      "a header of the protocol",
      { kind: "headers", headers: [{ name: "Mcp-Session-Id", value: "x" }] },
      "headers.0.name",
    ],
    [
      "a split header",
      { kind: "headers", headers: [{ name: "X-Key", value: "a\r\nb: c" }] },
      "headers.0.value",
    ],
    ["a date that has passed", { ...bearer, expiresAtMs: 1_000 }, "expires_at"],
    ["a kind we do not have", { kind: "password", password: "p" }, "kind"],
    ["something that is no object", [], "body"],
  ])("%s is refused, named by its field, and nothing changes", async (_name, body, field) => {
    const endpoint = await world.addEndpoint(tenant);
    const refusal = await world.put(tenant, endpoint, body);
    expect(refusal).toMatchObject({ status: 400, body: { field } });
    expect(
      await rows("SELECT visibility, credential_version FROM endpoints WHERE id = $1", endpoint),
    ).toEqual([{ visibility: "unlisted", credential_version: 0 }]);
  });

  test("a body that is no JSON is refused without being quoted in the answer or the log", async () => {
    const endpoint = await world.addEndpoint(tenant);
    const response = await world.app.request(credentialPath(endpoint), {
      method: "PUT",
      headers: { authorization: "Bearer nothing" },
      body: TOKEN,
    });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(TOKEN);
  });
});

describe("deleting a credential", () => {
  test("leaves the endpoint private, opens nothing any more, and never uses its version again", async () => {
    const endpoint = await world.addEndpoint(tenant);
    await world.put(tenant, endpoint, bearer);
    expect(await world.remove(tenant, endpoint)).toMatchObject({ status: 200, body: { isDeleted: true } });
    expect((await world.open(tenant, endpoint)).status).toBe(404);
    expect(await rows("SELECT visibility FROM endpoints WHERE id = $1", endpoint)).toEqual([
      { visibility: "private" },
    ]);
    expect(await findEndpointPlan(tenant.scope, world.deps.pool, endpoint)).toMatchObject({
      credentialVersion: null,
    });
    expect((await world.put(tenant, endpoint, bearer)).body).toMatchObject({ credential: { version: 3 } });
  });

  test("twice is recorded once", async () => {
    const endpoint = await world.addEndpoint(tenant);
    await world.put(tenant, endpoint, bearer);
    await world.remove(tenant, endpoint);
    expect(await world.remove(tenant, endpoint)).toMatchObject({ status: 200, body: { isDeleted: false } });
    expect(await rows("SELECT count(*)::int AS n FROM audit_log WHERE target_id = $1", endpoint)).toEqual([
      { n: 2 },
    ]);
  });

  test("happens by itself with its endpoint", async () => {
    const endpoint = await world.addEndpoint(tenant);
    await world.put(tenant, endpoint, bearer);
    await rows("DELETE FROM endpoints WHERE id = $1", endpoint);
    expect(await rows("SELECT FROM endpoint_credential WHERE endpoint_id = $1", endpoint)).toEqual([]);
  });
});

describe("who may", () => {
  test.each([
    ["owner", 200, 200, 200],
    ["admin", 200, 200, 200],
    ["member", 403, 200, 403],
    ["viewer", 403, 403, 403],
  ] as const)("%s: store %i, describe %i, delete %i", async (role, put, get, remove) => {
    const endpoint = await world.addEndpoint(tenant);
    const userId = role === "owner" ? tenant.ownerId : await world.addMember(tenant, role);
    expect((await world.put(tenant, endpoint, bearer, userId)).status).toBe(put);
    expect((await world.describe(tenant, endpoint, userId)).status).toBe(get);
    expect((await world.remove(tenant, endpoint, userId)).status).toBe(remove);
    expect((await world.startConnect(tenant, endpoint, {}, userId)).status).toBe(put === 403 ? 403 : 502);
  });

  test("another tenant finds no such endpoint, whatever it asks", async () => {
    const endpoint = await world.addEndpoint(tenant);
    await world.put(tenant, endpoint, bearer);
    const other = await world.addTenant();
    expect((await world.put(other, endpoint, bearer)).status).toBe(404);
    expect((await world.describe(other, endpoint)).status).toBe(404);
    expect((await world.remove(other, endpoint)).status).toBe(404);
    expect((await world.startConnect(other, endpoint)).status).toBe(404);
    expect((await world.open(tenant, endpoint)).status).toBe(200);
  });

  test("a person who is no member finds no such workspace", async () => {
    const endpoint = await world.addEndpoint(tenant);
    expect((await world.describe(tenant, endpoint, randomUUID())).status).toBe(404);
  });

  test.each(["GET", "PUT", "DELETE"])("%s without the dashboard's token is refused", async (method) => {
    const path = credentialPath(randomUUID());
    expect((await world.asked({ tenant }, { method, path, token: "x".repeat(40) })).status).toBe(401);
  });
});

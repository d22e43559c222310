/** The internal port gives webhooks another secret, for a person of the dashboard. */
import { randomUUID } from "node:crypto";
import { PassThrough } from "node:stream";
import { createSink } from "@alivemcp/actions/sinks/create-sink";
import { openOwnSink } from "@alivemcp/actions/sinks/open-own-sink";
import { rotatedSecretSchema, sinkSecretPath } from "@alivemcp/core/internal-port";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import { openLogger } from "@alivemcp/runtime/logger";
import { RETIRED_MAX, signingSecrets, webhookSettings } from "@alivemcp/sinks/webhook/settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestTenant } from "../../../../db/test/tenant.ts";
import { type ApiWorld, openApiWorld } from "../../test/open-api-world.ts";

const DAY_MS = 24 * 3_600_000;
let world: ApiWorld;
let logged = "";
beforeAll(async () => {
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => {
    logged += chunk.toString();
  });
  world = await openApiWorld({}, { log: openLogger("test", "trace", stream) });
});
afterAll(() => world?.close());

const SETTINGS = {
  webhook: { url: "https://127.0.77.1/hook" },
  email: { address: "oncall@example.com" },
} satisfies Partial<Record<SinkKind, object>>;

async function addSink(kind: keyof typeof SETTINGS = "webhook") {
  const tenant = await world.addTenant();
  const actor = { kind: "member", userId: tenant.ownerId, role: "owner" } as const;
  const caller = { scope: tenant.scope, actor, requestId: null, address: null };
  const { sink, secret } = await createSink(world.deps, caller, {
    kind,
    name: "s",
    settings: SETTINGS[kind],
  });
  return { tenant, sinkId: sink.id, secret: secret ?? "" };
}
const rotate = (tenant: TestTenant, sinkId: string, who: { userId?: string; token?: string } = {}) => {
  const { userId = tenant.ownerId, token } = who;
  const request = { method: "POST", path: sinkSecretPath(sinkId), ...(token !== undefined && { token }) };
  return world.asked({ tenant, userId }, request);
};
/** What signs the sink's messages at this time. */
async function signing(tenant: TestTenant, sinkId: string, aheadMs = 0): Promise<readonly string[]> {
  const opened = await openOwnSink(world.deps, tenant.scope, { sinkId, kind: "webhook" });
  return signingSecrets(webhookSettings.parse(opened?.settings), world.deps.clock.nowMs() + aheadMs);
}

test("answers the new secret this once; the one before signs for a day more, and who did it is on record", async () => {
  const { tenant, sinkId, secret } = await addSink();
  const { status, body } = await rotate(tenant, sinkId);
  expect(status).toBe(200);
  const { secret: newer } = rotatedSecretSchema.parse(body);
  expect(await signing(tenant, sinkId)).toEqual([newer, secret]);
  expect(await signing(tenant, sinkId, DAY_MS + 1_000)).toEqual([newer]);
  const { rows } = await world.database
    .pool("super")
    .query("SELECT action, actor_id FROM audit_log WHERE target_id = $1 AND action = 'sink.rotate_secret'", [
      sinkId,
    ]);
  expect(rows).toEqual([{ action: "sink.rotate_secret", actor_id: tenant.ownerId }]);
  expect(logged).not.toContain(newer);
  expect(logged).not.toContain(secret);
});

test("pressed again, the secret that the receiver knows still has its day; the sixth time is refused", async () => {
  const { tenant, sinkId, secret } = await addSink();
  for (let press = 1; press <= RETIRED_MAX; press += 1) {
    expect((await rotate(tenant, sinkId)).status).toBe(200);
  }
  expect((await signing(tenant, sinkId)).at(-1)).toBe(secret);
  const known = await signing(tenant, sinkId);
  expect(await rotate(tenant, sinkId)).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect(await signing(tenant, sinkId)).toEqual(known);
});

test.each([
  ["owner", 200],
  ["admin", 200],
  ["member", 403],
  ["viewer", 403],
] as const)("%s: %i", async (role, status) => {
  const { tenant, sinkId } = await addSink();
  const userId = role === "owner" ? tenant.ownerId : await world.addMember(tenant, role);
  expect((await rotate(tenant, sinkId, { userId })).status).toBe(status);
});

test("another tenant, a stranger, and a sink that is none find nothing, and the secret stays", async () => {
  const { tenant, sinkId, secret } = await addSink();
  const other = await world.addTenant();
  expect((await rotate(other, sinkId)).status).toBe(404);
  expect((await rotate(tenant, sinkId, { userId: other.ownerId })).status).toBe(404);
  expect((await rotate(tenant, randomUUID())).status).toBe(404);
  expect((await rotate(tenant, "no-uuid")).status).toBe(404);
  expect(await signing(tenant, sinkId)).toEqual([secret]);
});

test("without the dashboard's token nobody is heard", async () => {
  const { tenant, sinkId, secret } = await addSink();
  expect((await rotate(tenant, sinkId, { token: "x".repeat(40) })).status).toBe(401);
  expect(await signing(tenant, sinkId)).toEqual([secret]);
});

test("a sink of another kind is refused as such", async () => {
  const { tenant, sinkId } = await addSink("email");
  expect(await rotate(tenant, sinkId)).toMatchObject({ status: 409, body: { code: "conflict" } });
});

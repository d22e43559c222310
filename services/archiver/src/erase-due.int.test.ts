import {
  killsKey,
  nowKey,
  SLOWDOWNS_KEY,
  toolListKey,
  unsealedKey,
  verdictMinuteKey,
} from "@alivemcp/core/pipeline";
import { shardOf } from "@alivemcp/core/shard";
import { openLogger } from "@alivemcp/runtime/logger";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../db/test/database.ts";
import { type FilledTenant, fillEveryTable, tablesHolding } from "../../../db/test/every-table.ts";
import { addTestMember, addTestTenant, addTestUser, type TestTenant } from "../../../db/test/tenant.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { createArchiverMetrics } from "./archiver-metrics.ts";
import { type EraseDeps, eraseDue } from "./erase-due.ts";

const DAY_MS = 86_400_000;

let database: TestDatabase;
let redis: TestRedis;
let nowMs: number;

beforeEach(async () => {
  database = await openTestDatabase();
  redis = await openTestRedis();
  nowMs = Date.now();
});
afterEach(async () => {
  await redis.close();
  await database.close();
});

const deps = (more: Partial<EraseDeps> = {}): EraseDeps => ({
  upkeepPool: database.pool("system"),
  redis: redis.redis,
  clock: { nowMs: () => nowMs },
  log: openLogger("test", "silent"),
  metrics: createArchiverMetrics(new Registry()),
  ...more,
});
const run = async (sql: string, values: unknown[] = []) =>
  (await database.pool("super").query(sql, values)).rows;

async function addEndpoint(tenantId: string): Promise<{ id: string; number: number }> {
  const slug = `e-${crypto.randomUUID()}`;
  const [row] = await run(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing,
       retention_class)
     VALUES ($1, $2, $2, $2, $2, 'h', 'd', 'unlisted', 'added', 'team') RETURNING id, number`,
    [tenantId, slug],
  );
  return row;
}

/** Everything that the pipeline keeps of an endpoint, and of its tenant by name. */
async function fillRedis({
  tenantId,
  endpointId,
}: Pick<FilledTenant, "tenantId" | "endpointId">): Promise<void> {
  await redis.redis.hset(nowKey(endpointId), "state", "up");
  await redis.redis.hset(verdictMinuteKey(endpointId, 29_000_000), "us-east", "x");
  await redis.redis.set(toolListKey(endpointId, "a".repeat(64)), "list");
  await redis.redis.zadd(unsealedKey(shardOf(endpointId)), 1, `${endpointId}:29000000`);
  await redis.redis.zadd(killsKey(`tenant:${tenantId}`), 1, "1");
  await redis.redis.zadd(SLOWDOWNS_KEY, 1, `tenant:${tenantId}`);
}

/** What Redis holds, as text. */
async function redisText(): Promise<string> {
  const keys = await redis.redis.keys("*");
  const zsets = await Promise.all(
    keys.map(async (key) =>
      (await redis.redis.type(key)) === "zset" ? redis.redis.zrange(key, "0", "-1") : [],
    ),
  );
  return JSON.stringify([keys, zsets]);
}

async function addFilledTenant(): Promise<{ tenant: TestTenant; filled: FilledTenant }> {
  const tenant = await addTestTenant(database);
  const endpoint = await addEndpoint(tenant.id);
  const [{ email }] = (await run("SELECT email FROM users WHERE id = $1", [tenant.ownerId])) as [
    { email: string },
  ];
  const filled = {
    tenantId: tenant.id,
    userId: tenant.ownerId,
    endpointId: endpoint.id,
    endpointNumber: endpoint.number,
    email,
  };
  await fillEveryTable(database, filled);
  await fillRedis(filled);
  return { tenant, filled };
}

const makeDue = ({ id }: TestTenant) =>
  run(
    "UPDATE tenants SET deletion_requested_at = now() - interval '14 days', deletion_due_at = now() WHERE id = $1",
    [id],
  );
const askToBeErased = (userId: string) =>
  run("UPDATE users SET deletion_requested_at = now() WHERE id = $1", [userId]);
/** Until stragglers have arrived, and once more for a pass that finds nothing. */
async function eraseAll(more: Partial<EraseDeps> = {}): Promise<void> {
  await eraseDue(deps(more));
  nowMs += 20 * 60_000;
  await eraseDue(deps(more));
  await eraseDue(deps(more));
}
const probeRowsOf = (filled: FilledTenant) =>
  run(
    `SELECT (SELECT count(*) FROM probe_minute WHERE endpoint_number = $1) + (SELECT count(*) FROM probe_evidence WHERE endpoint_number = $1)
      + (SELECT count(*) FROM probe_hour WHERE endpoint_number = $1) + (SELECT count(*) FROM probe_day WHERE endpoint_number = $1) AS n`,
    [filled.endpointNumber],
  ).then(([row]) => Number(row?.n));
const countOf = async (table: string) => Number((await run(`SELECT count(*) AS n FROM ${table}`))[0]?.n);

describe("a tenant that is due, whose owner asked to be erased too", () => {
  test("leaves no row and no key with its identifiers but those of the audit log, and nobody else loses anything", async () => {
    const { tenant, filled } = await addFilledTenant();
    const other = await addFilledTenant();
    await makeDue(tenant);
    await askToBeErased(tenant.ownerId);
    const identifiers = [filled.tenantId, filled.userId, filled.endpointId, filled.email];
    expect((await tablesHolding(database, identifiers)).length).toBeGreaterThan(20);
    expect(await probeRowsOf(filled)).toBe(247);

    await eraseAll();

    expect(await tablesHolding(database, identifiers)).toEqual(["audit_log"]);
    expect(await probeRowsOf(filled)).toBe(0);
    expect(await probeRowsOf(other.filled)).toBe(247);
    const held = await redisText();
    for (const identifier of identifiers) {
      expect(held).not.toContain(identifier);
    }
    expect(held).toContain(other.filled.endpointId);
    expect(held).toContain(other.filled.tenantId);
    // The log names by id and hash only: no address, no name.
    expect(await tablesHolding(database, [filled.email])).toEqual([]);
    expect(await run("SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id", [tenant.id])).toEqual([
      { action: "test" },
      { action: "workspace.erase" },
    ]);
    expect((await tablesHolding(database, [other.filled.userId])).length).toBeGreaterThan(8);
    expect(await countOf("endpoint_erasure")).toBe(0);
  });

  test("is erased whole although the archiver dies after any step, and every next one goes on", async () => {
    const { tenant, filled } = await addFilledTenant();
    await makeDue(tenant);
    await askToBeErased(tenant.ownerId);
    let crashes = 0;
    for (let calls = 1; calls < 200; calls += 1) {
      const system = database.pool("system");
      let left = calls;
      const dies = () => {
        left -= 1;
        if (left < 0) {
          throw new Error("the archiver died");
        }
      };
      const pool = {
        query: async (...args: Parameters<typeof system.query>) => {
          dies();
          return system.query(...args);
        },
        connect: async () => {
          dies();
          return system.connect();
        },
      } as unknown as EraseDeps["upkeepPool"];
      nowMs += 20 * 60_000;
      const isDone = await eraseDue(deps({ upkeepPool: pool })).then(
        () => true,
        () => false,
      );
      if (isDone) {
        break;
      }
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(5);
    await eraseAll();
    expect(await tablesHolding(database, [filled.tenantId, filled.userId, filled.endpointId])).toEqual([
      "audit_log",
    ]);
    expect(await probeRowsOf(filled)).toBe(0);
    expect(await run("SELECT count(*)::int AS n FROM audit_log WHERE action = 'workspace.erase'")).toEqual([
      { n: 1 },
    ]);
  });

  test("half erased in a transaction that dies loses nothing of that transaction", async () => {
    const { tenant } = await addFilledTenant();
    await makeDue(tenant);
    await run(
      "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'died'; END $$",
    );
    await run("CREATE TRIGGER die BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION die()");
    await expect(eraseDue(deps())).rejects.toThrow("died");
    expect(await run("SELECT id FROM tenants WHERE id = $1", [tenant.id])).toHaveLength(1);
    await run("DROP TRIGGER die ON audit_log");
    await eraseDue(deps());
    expect(await run("SELECT id FROM tenants WHERE id = $1", [tenant.id])).toEqual([]);
  });
});

test("a tenant within its grace period keeps everything", async () => {
  const { tenant, filled } = await addFilledTenant();
  await run(
    "UPDATE tenants SET deletion_requested_at = now(), deletion_due_at = now() + interval '1 minute' WHERE id = $1",
    [tenant.id],
  );
  await eraseAll();
  expect(await run("SELECT id FROM endpoints WHERE id = $1", [filled.endpointId])).toHaveLength(1);
  expect(await redisText()).toContain(filled.endpointId);
});

test("with the tenant, people who belong nowhere else are signed out; others stay signed in, and all keep their accounts", async () => {
  const { tenant } = await addFilledTenant();
  const elsewhere = await addTestTenant(database);
  const colleague = await addTestUser(database);
  for (const tenantId of [tenant.id, elsewhere.id]) {
    await addTestMember(database, { tenantId, userId: colleague, role: "viewer" });
  }
  await run(
    "INSERT INTO sessions (user_id, token, expires_at) VALUES ($1, 'colleague', now() + interval '1 day')",
    [colleague],
  );
  await makeDue(tenant);
  await eraseAll();
  expect(await run("SELECT user_id FROM sessions")).toEqual([{ user_id: colleague }]);
  expect(await run("SELECT id FROM users WHERE id = ANY($1)", [[tenant.ownerId, colleague]])).toHaveLength(2);
});

describe("a person who asked to be erased", () => {
  test("goes from the workspaces of others, which are told, and what they did there is nobody's any more", async () => {
    const { tenant, filled } = await addFilledTenant();
    const member = await addTestUser(database);
    const [{ email }] = (await run("SELECT email FROM users WHERE id = $1", [member])) as [{ email: string }];
    await addTestMember(database, { tenantId: tenant.id, userId: member, role: "admin" });
    await run("UPDATE drift_event SET accepted_by = $1", [`member ${member}`]);
    await run("UPDATE api_keys SET created_by = $1", [member]);
    await run(
      "INSERT INTO invitations (tenant_id, email, role, token_hash, expires_at) VALUES ($1, $2, 'viewer', repeat('b', 64), now())",
      [tenant.id, email],
    );
    await askToBeErased(member);
    await eraseAll();
    expect(await tablesHolding(database, [member, email])).toEqual(["audit_log"]);
    expect(
      await run("SELECT tenant_id FROM audit_log WHERE target_id = $1 ORDER BY tenant_id", [member]),
    ).toEqual([{ tenant_id: tenant.id }, { tenant_id: null }]);
    expect(await run("SELECT accepted_by FROM drift_event")).toEqual([{ accepted_by: "a former member" }]);
    expect(
      await run("SELECT count(*)::int AS n FROM api_keys WHERE tenant_id = $1", [filled.tenantId]),
    ).toEqual([{ n: 1 }]);
  });

  test("waits until the workspace they own is erased", async () => {
    const { tenant } = await addFilledTenant();
    await askToBeErased(tenant.ownerId);
    await eraseDue(deps());
    expect(await run("SELECT id FROM users WHERE id = $1", [tenant.ownerId])).toHaveLength(1);
    await makeDue(tenant);
    await eraseDue(deps());
    expect(await run("SELECT id FROM users WHERE id = $1", [tenant.ownerId])).toEqual([]);
  });
});

describe("a single endpoint that is deleted", () => {
  test("loses its minutes, days and keys, after stragglers have arrived, and is off the queue when nothing is left", async () => {
    const { filled } = await addFilledTenant();
    await run("DELETE FROM endpoints WHERE id = $1", [filled.endpointId]);
    await eraseDue(deps());
    expect(await probeRowsOf(filled)).toBe(247);
    nowMs += 16 * 60_000;
    await eraseDue(deps());
    expect(await probeRowsOf(filled)).toBe(0);
    expect(await redisText()).not.toContain(filled.endpointId);
    // A straggler behind the first pass.
    await redis.redis.hset(nowKey(filled.endpointId), "state", "up");
    await eraseDue(deps());
    expect(await countOf("endpoint_erasure")).toBe(1);
    await eraseDue(deps());
    expect(await countOf("endpoint_erasure")).toBe(0);
    expect(await redisText()).not.toContain(filled.endpointId);
  });
});

describe("what a smaller plan paused", () => {
  test("is kept for 30 days, then erased, and its audit log says so", async () => {
    const tenant = await addTestTenant(database);
    const [young, old, own] = [
      await addEndpoint(tenant.id),
      await addEndpoint(tenant.id),
      await addEndpoint(tenant.id),
    ];
    const pause = "UPDATE endpoints SET paused_at = now() - $2::interval, paused_reason = $3 WHERE id = $1";
    await run(pause, [young.id, "29 days", "plan"]);
    await run(pause, [old.id, "30 days", "plan"]);
    await run(pause, [own.id, "300 days", "owner"]);
    await eraseDue(deps());
    expect(await run("SELECT id FROM endpoints WHERE tenant_id = $1 ORDER BY number", [tenant.id])).toEqual([
      { id: young.id },
      { id: own.id },
    ]);
    expect(await run("SELECT action, target_id FROM audit_log WHERE tenant_id = $1", [tenant.id])).toEqual([
      { action: "endpoint.expire", target_id: old.id },
    ]);
  });

  test("keeps the memory of the larger plan for 30 days", async () => {
    const tenant = await addTestTenant(database, { plan: "author" });
    const { id } = await addEndpoint(tenant.id);
    const classOf = async () =>
      (await run("SELECT retention_class FROM endpoints WHERE id = $1", [id]))[0]?.retention_class;
    const changed = "UPDATE tenants SET plan_changed_at = $2 WHERE id = $1";
    await run(changed, [tenant.id, new Date(Date.now() - 29 * DAY_MS)]);
    await eraseDue(deps());
    expect(await classOf()).toBe("team");
    await run(changed, [tenant.id, new Date(Date.now() - 30 * DAY_MS)]);
    await eraseDue(deps());
    expect(await classOf()).toBe("author");
  });
});

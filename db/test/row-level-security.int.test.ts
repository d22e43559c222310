import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm/sql";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findEndpoint, insertEndpoint, listEndpoints } from "../src/queries/endpoints.ts";
import { DEFAULT_TENANT_ID, PUBLIC_TENANT_ID } from "../src/seed.ts";
import { grantTenantScope, withTenant } from "../src/tenant-scope.ts";
import { openTestDatabase, type TestDatabase } from "./database.ts";

const HASH = "c".repeat(64);
let database: TestDatabase;
let app: pg.Pool;
const mine = grantTenantScope(DEFAULT_TENANT_ID, "test");
const other = grantTenantScope(randomUUID(), "test");
/** Ids of endpoints by what they are to the tenant `mine`. */
const ids: Record<"own" | "followed" | "followedPrivate" | "foreign", string> = {
  own: "",
  followed: "",
  followedPrivate: "",
  foreign: "",
};

/** Tables whose rows belong to an endpoint, with one row for each of the four. */
const ROWS: Readonly<Record<string, string>> = {
  endpoint_memory: "INSERT INTO endpoint_memory (endpoint_id) SELECT id FROM endpoints",
  endpoint_region_tool_list: `INSERT INTO endpoint_region_tool_list (endpoint_id, region, contract_hash, full_hash, believed_at)
    SELECT id, 'us-east', $1, $1, now() FROM endpoints`,
  drift_event:
    "INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, to_full_hash) SELECT id, now(), 'drift', true, $1 FROM endpoints",
  endpoint_state:
    "INSERT INTO endpoint_state (endpoint_id, shard, since, machine) SELECT id, 's00', now(), '{}' FROM endpoints",
  state_span: "INSERT INTO state_span (endpoint_id, state, from_at) SELECT id, 'up', now() FROM endpoints",
  incident: `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes)
    SELECT id, now(), now(), 'P1', 'P1', '{down}' FROM endpoints`,
  transition:
    "INSERT INTO transition (endpoint_id, at, from_state, to_state, reason) SELECT id, now(), 'unknown', 'up', 'first' FROM endpoints",
  probe_minute: `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, revision, covers_minutes, regions)
    SELECT number, 0, 0, now(), 1, 1, '' FROM endpoints`,
  probe_evidence: `INSERT INTO probe_evidence (endpoint_number, retention_class, minute_at, observed_at, region, state)
    SELECT number, 0, now(), now(), 'us-east', 'down' FROM endpoints`,
  probe_hour: `INSERT INTO probe_hour (endpoint_number, hour_at)
    SELECT number, date_trunc('hour', now()) FROM endpoints`,
  probe_day: "INSERT INTO probe_day (endpoint_number, day) SELECT number, current_date FROM endpoints",
};
const KEY: Readonly<Record<string, "endpoint_id" | "endpoint_number">> = {
  probe_minute: "endpoint_number",
  probe_evidence: "endpoint_number",
  probe_hour: "endpoint_number",
  probe_day: "endpoint_number",
};

async function addEndpoint(tenantId: string, visibility: string, standing: string): Promise<string> {
  const slug = `e-${randomUUID()}`;
  const { rows } = await database.pool("system").query<{ id: string }>(
    `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility, standing, retention_class)
     VALUES ($1, $2, $2, $3, $3, 'mcp.example.com', 'example.com', $4, $5, 'public') RETURNING id`,
    [tenantId, slug, `https://mcp.example.com/${slug}?key=secret`, visibility, standing],
  );
  return rows[0]?.id as string;
}

beforeAll(async () => {
  database = await openTestDatabase();
  app = database.pool("app");
  await database
    .pool("owner")
    .query("INSERT INTO tenants (id, name, slug, plan) VALUES ($1, 'Other', 'other', 'author')", [
      other.tenantId,
    ]);
  ids.own = await addEndpoint(mine.tenantId, "private", "added");
  ids.followed = await addEndpoint(PUBLIC_TENANT_ID, "public", "unclaimed");
  ids.followedPrivate = await addEndpoint(other.tenantId, "private", "claimed");
  ids.foreign = await addEndpoint(other.tenantId, "public", "claimed");
  await database
    .pool("owner")
    .query(
      "INSERT INTO follow (tenant_id, endpoint_id, cadence_s) SELECT $1, id, 60 FROM endpoints WHERE id = ANY($2)",
      [mine.tenantId, [ids.followed, ids.followedPrivate]],
    );
  for (const insert of Object.values(ROWS)) {
    await database.pool("system").query(insert, insert.includes("$1") ? [HASH] : []);
  }
});
afterAll(() => database.close());

async function visibleIds(table: string): Promise<string[]> {
  const key = KEY[table] === "endpoint_number" ? "v.number = t.endpoint_number" : "v.id = t.endpoint_id";
  return withTenant(mine, app, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(
      sql.raw(`SELECT v.id FROM ${table} t JOIN visible_endpoints() v ON ${key}`),
    );
    const { rows: counted } = await tx.execute<{ count: number }>(
      sql.raw(`SELECT count(*)::int FROM ${table}`),
    );
    expect(counted[0]?.count, "no row beyond the visible endpoints").toBe(rows.length);
    return rows.map((row) => row.id).sort();
  });
}

describe("a tenant's role", () => {
  test.each(Object.keys(ROWS))(
    "sees in %s its own endpoints and public ones it follows, no others",
    async (table) => {
      expect(await visibleIds(table)).toEqual([ids.own, ids.followed].sort());
    },
  );

  test.each([...Object.keys(ROWS), "endpoints", "tenants", "follow"])(
    "sees nothing in %s when no tenant was set",
    async (table) => {
      const { rows } = await app.query(`SELECT * FROM ${table}`);
      expect(rows).toEqual([]);
    },
  );

  test("finds another tenant's endpoint no more than one that does not exist", async () => {
    expect(await withTenant(mine, app, (tx) => findEndpoint(mine, tx, ids.own))).not.toBeNull();
    expect(await withTenant(mine, app, (tx) => findEndpoint(mine, tx, ids.foreign))).toBeNull();
    expect(await withTenant(mine, app, (tx) => findEndpoint(mine, tx, ids.followed))).toBeNull();
    expect(await withTenant(other, app, (tx) => findEndpoint(other, tx, ids.own))).toBeNull();
  });

  test("lists its own endpoints only, whatever the query forgot to say", async () => {
    const listed = await withTenant(mine, app, (tx) =>
      listEndpoints(mine, tx, { beforeNumber: null, limit: 10 }),
    );
    expect(listed.map(({ id }) => id)).toEqual([ids.own]);
    const all = await withTenant(mine, app, (tx) =>
      tx.execute<{ id: string }>(sql`SELECT id FROM endpoints`),
    );
    expect(all.rows.map(({ id }) => id)).toEqual([ids.own]);
  });

  test("cannot give an endpoint to another tenant, nor take one", async () => {
    const steal = withTenant(mine, app, (tx) =>
      tx.execute(sql`UPDATE endpoints SET tenant_id = ${other.tenantId} WHERE id = ${ids.own}`),
    );
    await expect(steal).rejects.toMatchObject({
      cause: { message: expect.stringContaining("row-level security") },
    });
    const { rowCount } = await withTenant(mine, app, (tx) =>
      tx.execute(sql`UPDATE endpoints SET name = 'mine now' WHERE id = ${ids.foreign}`),
    );
    expect(rowCount).toBe(0);
  });

  test("does not carry a tenant over to the next transaction of the connection", async () => {
    await withTenant(mine, app, (tx) => tx.execute(sql`SELECT 1`));
    const { rows } = await app.query("SELECT current_setting('app.tenant_id', true) AS tenant");
    expect(rows[0].tenant ?? "").toBe("");
  });

  test("sees a tool list only through an endpoint that served it", async () => {
    const orphan = "d".repeat(64);
    for (const hash of [HASH, orphan]) {
      await database
        .pool("system")
        .query("INSERT INTO tool_list (full_hash, contract_hash, tools_count, body) VALUES ($1, $1, 1, '')", [
          hash,
        ]);
    }
    const seen = await withTenant(mine, app, (tx) =>
      tx.execute<{ full_hash: string }>(sql`SELECT full_hash FROM tool_list`),
    );
    expect(seen.rows).toEqual([{ full_hash: HASH }]);
  });

  test("writes nothing that probes found, but may accept a drift of its own endpoint", async () => {
    await expect(app.query("UPDATE endpoint_state SET committed = 'up'")).rejects.toThrow(
      "permission denied",
    );
    await expect(app.query("DELETE FROM probe_day")).rejects.toThrow("permission denied");
    const accept = (id: string) =>
      withTenant(mine, app, (tx) =>
        tx.execute(
          sql`UPDATE drift_event SET accepted_at = now(), accepted_by = 'me' WHERE endpoint_id = ${id}`,
        ),
      );
    expect((await accept(ids.own)).rowCount).toBe(1);
    expect((await accept(ids.followed)).rowCount).toBe(0);
  });

  test("files an opt-out and cannot read who else did, nor verify its own", async () => {
    await app.query("INSERT INTO opt_out (kind, target) VALUES ('host', 'mcp.example.com')");
    await expect(app.query("SELECT * FROM opt_out")).rejects.toThrow("permission denied");
    await expect(
      app.query(
        "INSERT INTO opt_out (kind, target, verified_at) VALUES ('host', 'rival.example.com', now())",
      ),
    ).rejects.toThrow("permission denied");
  });
});

describe("adding a URL", () => {
  const added = (url: string, slug: string) => ({
    slug,
    name: slug,
    url,
    normalizedUrl: url,
    host: "a.example.com",
    registrableDomain: "example.com",
    transport: "auto" as const,
    visibility: "unlisted" as const,
    cadenceS: 60,
    health: { kind: "auto" as const },
    retentionClass: "team" as const,
    isDemo: false,
  });

  test("that this tenant watches already answers with it", async () => {
    const first = await withTenant(mine, app, (tx) =>
      insertEndpoint(mine, tx, added("https://a.example.com/once", "once")),
    );
    expect(first.kind).toBe("inserted");
    const second = await withTenant(mine, app, (tx) =>
      insertEndpoint(mine, tx, added("https://a.example.com/once", "once-more")),
    );
    expect(second).toMatchObject({ kind: "already-added", endpoint: { slug: "once" } });
  });

  test("that stands on the board answers with the board's endpoint, whoever owns it", async () => {
    const { rows } = await database
      .pool("system")
      .query(
        "UPDATE endpoints SET normalized_url = 'https://board.example.com/' WHERE id = $1 RETURNING slug",
        [ids.foreign],
      );
    const outcome = await withTenant(mine, app, (tx) =>
      insertEndpoint(mine, tx, added("https://board.example.com/", "again")),
    );
    expect(outcome).toEqual({ kind: "on-board", slug: rows[0].slug, standing: "claimed" });
  });

  test("that another tenant watches in private or unlisted reveals nothing: the adder gets its own", async () => {
    const url = "https://a.example.com/secret";
    await withTenant(other, app, (tx) => insertEndpoint(other, tx, added(url, "theirs")));
    expect((await withTenant(mine, app, (tx) => insertEndpoint(mine, tx, added(url, "ours")))).kind).toBe(
      "inserted",
    );
  });

  test("under a slug that is taken says so", async () => {
    await withTenant(mine, app, (tx) =>
      insertEndpoint(mine, tx, added("https://a.example.com/1", "popular")),
    );
    expect(
      await withTenant(other, app, (tx) =>
        insertEndpoint(other, tx, added("https://a.example.com/2", "popular")),
      ),
    ).toEqual({
      kind: "slug-taken",
    });
  });

  test("twice at once inserts it once", async () => {
    const url = "https://a.example.com/race";
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        withTenant(mine, app, (tx) => insertEndpoint(mine, tx, added(url, `race-${n}`))),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === "inserted")).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === "already-added")).toHaveLength(4);
  });
});

describe("the reader of public pages", () => {
  const views = [
    "public_endpoint",
    "public_endpoint_state",
    "public_state_span",
    "public_transition",
    "public_drift_event",
    "public_probe_minute",
    "public_probe_day",
  ];

  test("can read no table at all", async () => {
    const { rows } = await database
      .pool("reader")
      .query<{ name: string }>(
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
      );
    expect(rows.length).toBeGreaterThan(15);
    for (const { name } of rows) {
      await expect(database.pool("reader").query(`SELECT FROM ${name}`), name).rejects.toThrow(
        "permission denied",
      );
    }
  });

  test.each(views)("never sees a private endpoint in %s", async (view) => {
    const key = view.startsWith("public_probe")
      ? "endpoint_number"
      : view === "public_endpoint"
        ? "id"
        : "endpoint_id";
    const column = key === "endpoint_number" ? "number" : "id";
    const { rows } = await database
      .pool("super")
      .query(
        `SELECT DISTINCT e.visibility FROM ${view} v JOIN endpoints e ON e.${column} = v.${key} ORDER BY 1`,
      );
    expect(rows.map((row) => row.visibility)).not.toContain("private");
    expect(rows.map((row) => row.visibility)).toContain("public");
  });

  test("sees on the board only what is public", async () => {
    const { rows } = await database.pool("reader").query("SELECT DISTINCT visibility FROM public_board");
    expect(rows).toEqual([{ visibility: "public" }]);
  });

  test("never sees a query string, which may hold a key", async () => {
    const { rows } = await database
      .pool("reader")
      .query("SELECT url_without_query AS url FROM public_endpoint");
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ url }) => url.includes("secret"))).toEqual([]);
  });

  test("cannot write even where a grant would allow it", async () => {
    await expect(database.pool("reader").query("CREATE TEMP TABLE t ()")).rejects.toThrow(
      /permission denied|read-only/,
    );
    const { rows } = await database.pool("reader").query("SHOW transaction_read_only");
    expect(rows).toEqual([{ transaction_read_only: "on" }]);
  });
});

test("every table has forced row-level security and a policy, or is listed here with its reason", async () => {
  const exempt = new Map([
    ["endpoint_erasure", "endpoints that are nobody's any more; the system role's alone"],
    ["schema_migration", "the migration runner's own; no role but the owner has a grant"],
  ]);
  const { rows } = await database.pool("super").query(`
    SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS is_forced,
      EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS has_policy
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')`);
  expect(
    rows.filter(({ name, is_forced, has_policy }) => !(is_forced && has_policy) && !exempt.has(name)),
  ).toEqual([]);
});

test("every table with a tenant's rows carries tenant_id, or is keyed by endpoint and listed here", async () => {
  const byEndpoint = new Set([...Object.keys(ROWS)]);
  const ofNobody = new Map([
    ["tenants", "its id is the tenant's"],
    ["users", "people, who may belong to several tenants"],
    ["sessions", "a person's; the identity role's alone, like the three below"],
    ["accounts", "a person's ways to sign in"],
    ["verifications", "single-use tokens"],
    ["two_factors", "a person's second factor"],
    ["tool_list", "content-addressed, shared by every endpoint that serves the list"],
    ["burn_rate", "working memory of the system role; incidents say what came of it"],
    ["upkeep_memory", "figures of the whole installation; the system role's and the operators'"],
    ["suppression_cluster", "counts of a shared cause; the system role's and the operators'"],
    ["opt_out", "filed by strangers"],
    ["subscriber", "strangers, sealed; the system and identity roles' alone"],
    ["subscriber_delivery", "messages to them; the system role's alone"],
    ["consumer_fence", "coordination of our own processes"],
    ["schedule_claim", "coordination of our own processes"],
    ["endpoint_erasure", "endpoints that are nobody's any more; the system role's alone"],
    ["schema_migration", "the migration runner's own"],
  ]);
  const { rows } = await database.pool("super").query<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')`);
  expect(rows.map(({ name }) => name).filter((name) => !byEndpoint.has(name) && !ofNobody.has(name))).toEqual(
    [],
  );
});

test("no role but the owner has a grant on a partition", async () => {
  const { rows } = await database.pool("super").query(`
    SELECT c.relname, pg_get_userbyid(a.grantee) AS grantee FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relispartition AND pg_get_userbyid(a.grantee) <> 'alivemcp_owner'`);
  expect(rows).toEqual([]);
  await expect(database.pool("system").query("SELECT FROM probe_minute_public")).rejects.toThrow(
    "permission denied",
  );
});

test("no role may pass by row-level security or become another", async () => {
  const { rows } = await database.pool("super").query(`
    SELECT rolname FROM pg_roles WHERE rolname LIKE 'alivemcp\\_%'
      AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
        OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid))`);
  expect(rows).toEqual([]);
  await expect(app.query("SET ROLE alivemcp_owner")).rejects.toThrow("permission denied");
});

import type pg from "pg";
import type { TestDatabase } from "../../db/test/database.ts";

/** Tables that hold nothing of a tenant, each with the reason; every other one is walked. */
const OF_NOBODY: ReadonlyMap<string, string> = new Map([
  ["schema_migration", "the migration runner's own"],
  ["consumer_fence", "coordination of our own processes"],
  ["schedule_claim", "coordination of our own processes"],
  ["suppression_cluster", "counts of a shared cause; only operators read it"],
  ["opt_out", "filed by strangers; only operators read it"],
]);

/** Whose rows are looked for. */
export interface Victim {
  readonly tenantId: string;
  readonly userIds: readonly string[];
  readonly endpointIds: readonly string[];
}

export interface TableWalk {
  readonly tables: number;
  /** What another tenant, or nobody, could see or touch; and tables that held no row to try it on. */
  readonly leaks: readonly string[];
}

/**
 * Tries, for every table there is, what `intruder` (another tenant) and a caller without a tenant can see, change and
 * remove of the victim's rows as the role of the apps, and what the status pages' role sees. A table in which the
 * victim has no row counts as a leak: nothing was tried there.
 */
export async function walkTables(
  database: TestDatabase,
  victim: Victim,
  intruderId: string,
): Promise<TableWalk> {
  const tables = (await readTables(database.pool("super"))).filter(({ name }) => !OF_NOBODY.has(name));
  const traces = await readTraces(database.pool("super"), victim);
  const leaks: string[] = [];
  for (const table of tables) {
    const where = rowsOf(table, traces);
    if (where === null) {
      leaks.push(...(await requireUnreachable(database.pool("super"), table.name)));
      continue;
    }
    const held = await countRows(database.pool("super"), table.name, where);
    if (held === 0) {
      leaks.push(`${table.name}: the victim has no row here, so nothing was tried`);
      continue;
    }
    for (const [who, tenantId] of [
      ["another tenant", intruderId],
      ["nobody", ""],
    ] as const) {
      leaks.push(...(await tryAs(database.pool("app"), { table: table.name, where, who, tenantId })));
    }
    leaks.push(
      ...(await tryAs(database.pool("reader"), {
        table: table.name,
        where,
        who: "the status pages",
        tenantId: "",
      })),
    );
  }
  return { tables: tables.length, leaks };
}

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

async function readTables(pool: pg.Pool): Promise<readonly Table[]> {
  const { rows } = await pool.query<Table>(`
    SELECT c.relname AS name, array_agg(a.attname::text) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    GROUP BY c.relname ORDER BY c.relname`);
  return rows;
}

interface Where {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** By what the victim's rows are recognised. Read beforehand: under row-level security a sub-query would find nothing. */
interface Traces extends Victim {
  readonly endpointNumbers: readonly number[];
  readonly toolListHashes: readonly string[];
}

async function readTraces(pool: pg.Pool, victim: Victim): Promise<Traces> {
  const numbers = await pool.query<{ number: number }>(
    "SELECT number FROM endpoints WHERE id = ANY($1::uuid[])",
    [victim.endpointIds],
  );
  const hashes = await pool.query<{ full_hash: string }>(
    "SELECT full_hash FROM endpoint_region_tool_list WHERE endpoint_id = ANY($1::uuid[])",
    [victim.endpointIds],
  );
  return {
    ...victim,
    endpointNumbers: numbers.rows.map(({ number }) => number),
    toolListHashes: hashes.rows.map(({ full_hash: hash }) => hash),
  };
}

/** The victim's rows of a table, by the first column that says whose they are. */
function rowsOf({ name, columns }: Table, traces: Traces): Where | null {
  const [column, cast, value] = WHOSE.find(([of]) => of === name || columns.includes(of))?.[1](traces) ?? [];
  return column === undefined ? null : { text: `${column} = ANY($1::${cast}[])`, values: [value] };
}

/** Name of a table or of a column → which column is compared, as what, with what. First match wins. */
const WHOSE: readonly (readonly [
  string,
  (traces: Traces) => readonly [column: string, cast: string, values: readonly unknown[]],
])[] = [
  ["tenants", ({ tenantId }) => ["id", "uuid", [tenantId]]],
  ["users", ({ userIds }) => ["id", "uuid", userIds]],
  ["tool_list", ({ toolListHashes }) => ["full_hash", "text", toolListHashes]],
  ["tenant_id", ({ tenantId }) => ["tenant_id", "uuid", [tenantId]]],
  ["endpoint_id", ({ endpointIds }) => ["endpoint_id", "uuid", endpointIds]],
  ["endpoint_number", ({ endpointNumbers }) => ["endpoint_number", "int", endpointNumbers]],
  ["user_id", ({ userIds }) => ["user_id", "uuid", userIds]],
];

async function countRows(pool: pg.Pool, table: string, where: Where): Promise<number> {
  const { rows } = await pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE ${where.text}`, [
    ...where.values,
  ]);
  return rows[0].n;
}

interface Attempt {
  readonly table: string;
  readonly where: Where;
  readonly who: string;
  /** Empty: no tenant is set. */
  readonly tenantId: string;
}

/** Reads, changes and removes in transactions that are rolled back; being refused by a missing grant is as good as finding nothing. */
async function tryAs(pool: pg.Pool, { table, where, who, tenantId }: Attempt): Promise<readonly string[]> {
  const leaks: string[] = [];
  const client = await pool.connect();
  try {
    for (const [verb, statement] of [
      ["see", `SELECT 1 FROM ${table} WHERE ${where.text}`],
      ["lock", `SELECT 1 FROM ${table} WHERE ${where.text} FOR UPDATE`],
      ["remove", `DELETE FROM ${table} WHERE ${where.text}`],
    ] as const) {
      await client.query("BEGIN");
      await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
      const touched = await client.query(statement, [...where.values]).then(
        ({ rowCount }) => rowCount ?? 0,
        (err: { code?: string; message: string }) => (isRefusal(err) ? 0 : Promise.reject(err)),
      );
      await client.query("ROLLBACK");
      if (touched > 0) {
        leaks.push(`${table}: ${who} can ${verb} ${touched} rows`);
      }
    }
  } finally {
    client.release();
  }
  return leaks;
}

/** No grant, a read-only role, or a trigger that refuses (the audit log). */
const REFUSALS = new Set(["42501", "25006", "P0001"]);
const isRefusal = ({ code }: { code?: string }) => code !== undefined && REFUSALS.has(code);

/** Rows that do not say whose they are must be out of reach of both roles altogether. */
async function requireUnreachable(pool: pg.Pool, table: string): Promise<readonly string[]> {
  const { rows } = await pool.query<{ role: string }>(
    `SELECT role FROM unnest(ARRAY['alivemcp_app', 'alivemcp_reader']) role
     WHERE has_any_column_privilege(role, $1, 'SELECT, INSERT, UPDATE') OR has_table_privilege(role, $1, 'DELETE')`,
    [table],
  );
  return rows.map(({ role }) => `${table}: ${role} can reach it, and no column says whose its rows are`);
}

import type pg from "pg";

/**
 * The log-in roles, none of them superuser or able to bypass row-level security.
 *
 * owner: migrations, owns everything · app: one tenant per transaction · identity: log-in before a tenant is known ·
 * system: archiver, scheduler, router · operator: console · reader: `public_*` views only.
 */
export const ROLES = ["owner", "app", "identity", "system", "operator", "reader"] as const;
export type Role = (typeof ROLES)[number];
export const roleName = (role: Role) => `alivemcp_${role}`;

/** Serialises bootstraps: roles belong to the whole cluster. */
const ROLES_LOCK = 4_612_002;

/**
 * Makes (or sets the passwords of) the roles; idempotent, safe to run at once with itself. Needs a superuser, or a
 * role with CREATEROLE. Takes no role away and closes no session.
 */
export async function bootstrapRoles(
  client: pg.ClientBase,
  passwords: Readonly<Record<Role, string>>,
): Promise<void> {
  await client.query("SELECT pg_advisory_lock($1)", [ROLES_LOCK]);
  try {
    for (const role of ROLES) {
      const name = roleName(role);
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = $1", [name]);
      const verb = rowCount === 0 ? "CREATE" : "ALTER";
      await client.query(
        `${verb} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
         PASSWORD ${client.escapeLiteral(passwords[role])}`,
      );
    }
    await client.query(`ALTER ROLE ${roleName("reader")} SET default_transaction_read_only = on`);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [ROLES_LOCK]);
  }
}

/** Makes the database when it is missing, owned by the owner role; only our roles may connect to it. Idempotent. */
export async function bootstrapDatabase(client: pg.ClientBase, name: string): Promise<void> {
  const database = client.escapeIdentifier(name);
  const owner = roleName("owner");
  const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 0) {
    await client.query(`CREATE DATABASE ${database}`);
  }
  await client.query(`GRANT ${owner} TO CURRENT_USER`);
  await client.query(`ALTER DATABASE ${database} OWNER TO ${owner}`);
  await restrictDatabase(client, name);
}

/** Takes CONNECT and TEMPORARY from everybody and gives them back by role. A clone starts without these grants. */
export async function restrictDatabase(client: pg.ClientBase, name: string): Promise<void> {
  const database = client.escapeIdentifier(name);
  await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${ROLES.map(roleName).join(", ")}`);
  // The archiver copies into temporary staging tables: COPY does not work into a table with row-level security.
  await client.query(`GRANT TEMPORARY ON DATABASE ${database} TO ${roleName("system")}`);
}

/** The same server and database as `baseUrl`, as another role. */
export function roleUrl(baseUrl: string, role: Role, password: string, database?: string): string {
  const url = new URL(baseUrl);
  url.username = roleName(role);
  url.password = encodeURIComponent(password);
  if (database !== undefined) {
    url.pathname = `/${database}`;
  }
  return url.href;
}

import pg from "pg";

export type { Pool, PoolClient } from "pg";

/**
 * Opens a pool of at most `max` connections. Every statement has a bound of 30 s and a connection attempt one of 5 s,
 * so that a database that hangs becomes an error with a reason. An idle connection that breaks is logged by `onError`
 * and replaced; one in use fails its next statement. Neither ends the process.
 */
export function openPool(
  url: string,
  options: {
    max: number;
    applicationName: string;
    onError: (err: Error) => void;
    statementTimeoutMs?: number;
  },
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    query_timeout: (options.statementTimeoutMs ?? 30_000) + 1_000,
    keepAlive: true,
  });
  pool.on("error", options.onError);
  // The pool listens to idle clients only. Of one that is checked out and between two statements, a broken connection
  // would otherwise be an uncaught exception; its next statement fails and says so.
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

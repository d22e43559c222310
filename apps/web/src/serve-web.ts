import type { Server } from "node:http";
import { deleteExpired } from "@alivemcp/db/queries/sessions-identity";
import { openHttpServer } from "@alivemcp/runtime/http-server";
import { openOpsServer } from "@alivemcp/runtime/ops-server";
import { everyTick } from "@alivemcp/runtime/periodic";
import { createAdaptorServer } from "@hono/node-server";
import { buildApp } from "./app.ts";
import type { Deps } from "./deps.ts";

const SWEEP_EVERY_MS = 10 * 60_000;

/** Listens on every configured address; `stop` drains: not ready first, streams ended, no new connections, then closed. */
export async function serveWeb(deps: Deps): Promise<{ ports: readonly number[]; stop: () => Promise<void> }> {
  const stopping = new AbortController();
  const canWork = async () => {
    await Promise.all([deps.pool.query("SELECT 1"), deps.identityPool.query("SELECT 1"), deps.redis.ping()]);
    return true;
  };
  const app = buildApp(deps, {
    isReady: async () => !stopping.signal.aborted && (await canWork().catch(() => false)),
    stopping: stopping.signal,
  });
  const http = await openHttpServer({
    createServer: () => createAdaptorServer({ fetch: app.fetch }) as Server,
    hosts: deps.config.HOST,
    port: deps.config.PORT,
  });
  const postgres = (name: string, pool: Deps["pool"]) => ({
    name,
    check: async () => ({
      isReady: (await pool.query("SELECT 1")).rowCount === 1,
      facts: { waiting: pool.waitingCount },
    }),
  });
  const sweep = everyTick({
    name: "expired sessions",
    everyMs: SWEEP_EVERY_MS,
    clock: deps.clock,
    run: () => deleteExpired(deps.identityPool),
    onError: (err) => deps.log.warn({ err }, "expired sessions and tokens were not removed"),
  });
  const ops = await openOpsServer({
    host: deps.config.METRICS_HOST,
    port: deps.config.METRICS_PORT,
    metrics: deps.metrics,
    checks: [
      postgres("postgres", deps.pool),
      postgres("postgres-identity", deps.identityPool),
      { name: "redis", check: async () => ({ isReady: (await deps.redis.ping()) === "PONG" }) },
    ],
    tasks: [sweep],
  });
  deps.log.info({ hosts: deps.config.HOST, ports: http.ports }, "web ready");
  return {
    ports: http.ports,
    stop: async () => {
      stopping.abort();
      ops.startDraining();
      await http.close();
      await sweep.stop();
      await ops.close();
      await deps.close();
    },
  };
}

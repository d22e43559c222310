import type { Server } from "node:http";
import { openHttpServer } from "@alivemcp/runtime/http-server";
import { openOpsServer } from "@alivemcp/runtime/ops-server";
import { everyTick } from "@alivemcp/runtime/periodic";
import { createAdaptorServer } from "@hono/node-server";
import { buildApp } from "./app.ts";
import type { Deps } from "./deps.ts";
import { buildInternalApp } from "./internal/internal-app.ts";
import { TEND_EVERY_MS, tendVault } from "./vault/tend-vault.ts";

/** Starts listening on every configured address; `stop` drains: not ready first, then no new connections, then closed. */
export async function serveApi(
  deps: Deps,
): Promise<{ ports: readonly number[]; internalPort: number; stop: () => Promise<void> }> {
  let isDraining = false;
  const canWork = async () => {
    await Promise.all([deps.pool.query("SELECT 1"), deps.redis.ping()]);
  };
  const app = buildApp(deps, {
    isReady: async () =>
      !isDraining &&
      (await canWork().then(
        () => true,
        () => false,
      )),
  });
  const http = await openHttpServer({
    createServer: () => createAdaptorServer({ fetch: app.fetch }) as Server,
    hosts: deps.config.HOST,
    port: deps.config.PORT,
  });
  const internalApp = buildInternalApp(deps);
  const internal = await openHttpServer({
    createServer: () => createAdaptorServer({ fetch: internalApp.fetch }) as Server,
    hosts: [deps.config.INTERNAL_HOST],
    port: deps.config.INTERNAL_PORT,
  });
  const [internalPort = 0] = internal.ports;
  const tending = everyTick({
    name: "tend-vault",
    everyMs: TEND_EVERY_MS,
    clock: deps.clock,
    run: () => tendVault(deps),
    onError: (err) => deps.log.error({ err }, "could not tend the vault"),
  });
  const ops = await openOpsServer({
    host: deps.config.METRICS_HOST,
    port: deps.config.METRICS_PORT,
    metrics: deps.metrics,
    checks: [
      {
        name: "postgres",
        check: async () => ({
          isReady: (await deps.pool.query("SELECT 1")).rowCount === 1,
          facts: { waiting: deps.pool.waitingCount },
        }),
      },
      { name: "redis", check: async () => ({ isReady: (await deps.redis.ping()) === "PONG" }) },
    ],
    tasks: [tending],
  });
  deps.log.info({ hosts: deps.config.HOST, ports: http.ports, internalPort }, "api ready");
  return {
    ports: http.ports,
    internalPort,
    stop: async () => {
      isDraining = true;
      ops.startDraining();
      await http.close();
      await internal.close();
      await tending.stop();
      await ops.close();
      await deps.close();
    },
  };
}

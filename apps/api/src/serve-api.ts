import { once } from "node:events";
import type { Server } from "node:http";
import { openOpsServer } from "@alivemcp/runtime/ops-server";
import { createAdaptorServer } from "@hono/node-server";
import { buildApp } from "./app.ts";
import type { Deps } from "./deps.ts";

/** Starts listening on every configured address; `stop` drains: not ready first, then no new connections, then closed. */
export async function serveApi(deps: Deps): Promise<{ ports: number[]; stop: () => Promise<void> }> {
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
  const servers = await Promise.all(
    deps.config.HOST.map((host) =>
      listen(createAdaptorServer({ fetch: app.fetch }) as Server, host, deps.config.PORT),
    ),
  );
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
    tasks: [],
  });
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  deps.log.info({ hosts: deps.config.HOST, ports }, "api ready");
  return {
    ports,
    stop: async () => {
      isDraining = true;
      ops.startDraining();
      await Promise.all(servers.map(close));
      await ops.close();
      await deps.close();
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<Server> {
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

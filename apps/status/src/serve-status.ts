import { once } from "node:events";
import type { Server } from "node:http";
import { openOpsServer } from "@alivemcp/runtime/ops-server";
import { everyTick } from "@alivemcp/runtime/periodic";
import { createAdaptorServer } from "@hono/node-server";
import { buildApp } from "./app.ts";
import type { Deps } from "./deps.ts";

const CATALOGUE_EVERY_MS = 10_000;
const LIVE_STATES_EVERY_MS = 3_000;

/**
 * Reads catalogue and states once, listens on every configured address, and keeps both fresh. `stop` drains: not ready
 * first, streams ended, no new connections, then closed.
 */
export async function serveStatus(deps: Deps): Promise<{ ports: number[]; stop: () => Promise<void> }> {
  const stopping = new AbortController();
  await deps.catalogue.refresh();
  await deps.liveStates.refresh();
  const tick = (name: string, everyMs: number, run: () => Promise<void>) =>
    everyTick({
      name,
      everyMs,
      clock: deps.clock,
      run,
      onError: (err) => deps.log.warn({ err, task: name }, "refresh failed, pages go on with the last one"),
    });
  const tasks = [
    tick("catalogue", CATALOGUE_EVERY_MS, () => deps.catalogue.refresh()),
    tick("live-states", LIVE_STATES_EVERY_MS, () => deps.liveStates.refresh()),
  ];
  const app = buildApp(deps, { isReady: () => !stopping.signal.aborted, stopping: stopping.signal });
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
        // Pages go on without Postgres or Redis, so neither takes this process out of service.
        name: "readings",
        check: () => ({
          isReady: true,
          facts: {
            catalogueAgeMs: deps.catalogue.ageMs(),
            liveStatesAgeMs: deps.liveStates.ageMs(),
            poolWaiting: deps.pool.waitingCount,
          },
        }),
      },
    ],
    tasks: [],
  });
  deps.log.info({ hosts: deps.config.HOST, port: deps.config.PORT }, "status ready");
  return {
    ports: servers.map((server) => (server.address() as { port: number }).port),
    stop: async () => {
      stopping.abort();
      ops.startDraining();
      await Promise.all(servers.map(close));
      await Promise.all(tasks.map((task) => task.stop()));
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

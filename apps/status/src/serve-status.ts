import { once } from "node:events";
import type { Server } from "node:http";
import { openOpsServer } from "@alivemcp/runtime/ops-server";
import { createAdaptorServer } from "@hono/node-server";
import { buildApp } from "./app.ts";
import type { Deps } from "./deps.ts";
import { startRefreshLoop } from "./refresh-loop.ts";

/** A refresh of all takes at most a thirtieth of the process, however many endpoints there are. */
const CATALOGUE_REFRESH = { everyMs: 5_000, restFactor: 30 };
const LIVE_STATES_REFRESH = { everyMs: 2_000, restFactor: 15 };

/**
 * Reads catalogue and states once, listens on every configured address, and keeps both fresh. `stop` drains: not ready
 * first, streams ended, no new connections, then closed.
 */
export async function serveStatus(deps: Deps): Promise<{ ports: number[]; stop: () => Promise<void> }> {
  const stopping = new AbortController();
  await deps.catalogue.refresh();
  await deps.liveStates.refresh();
  const loop = (name: string, pace: typeof CATALOGUE_REFRESH, run: () => Promise<void>) =>
    startRefreshLoop({
      name,
      ...pace,
      clock: deps.clock,
      run,
      onError: (err) => deps.log.warn({ err, task: name }, "refresh failed, pages go on with the last one"),
    });
  const tasks = [
    loop("catalogue", CATALOGUE_REFRESH, () => deps.catalogue.refresh()),
    loop("live-states", LIVE_STATES_REFRESH, () => deps.liveStates.refresh()),
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

/** Lets answers under way end; a connection whose answer has ended is cut instead of being kept alive. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}

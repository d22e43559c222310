import type { Server } from "node:http";
import { openHttpServer } from "@alivemcp/runtime/http-server";
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
export async function serveStatus(
  deps: Deps,
): Promise<{ ports: readonly number[]; stop: () => Promise<void> }> {
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
  const http = await openHttpServer({
    createServer: () => createAdaptorServer({ fetch: app.fetch }) as Server,
    hosts: deps.config.HOST,
    port: deps.config.PORT,
  });
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
    ports: http.ports,
    stop: async () => {
      stopping.abort();
      ops.startDraining();
      await http.close();
      await Promise.all(tasks.map((task) => task.stop()));
      await ops.close();
      await deps.close();
    },
  };
}

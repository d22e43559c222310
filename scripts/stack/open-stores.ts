import { startEmbeddedPostgres } from "../services/embedded-postgres.ts";
import type { Leash } from "../services/leash.ts";
import { startLocalRedis } from "../services/local-redis.ts";
import type { RunningService } from "../services/running-service.ts";
import { findServiceUser } from "../services/service-user.ts";
import type { Secrets } from "./secrets.ts";
import { restartPauseMs } from "./supervise.ts";

/** Where everything is kept: Postgres and Redis, ours or given. */
export interface Stores {
  /** A role that may create roles and databases. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Redis first: what is still in its streams then waits in its file, not on a database that is gone. */
  stop(): Promise<void>;
}

interface StoresInput {
  readonly folder: string;
  readonly portBase: number;
  readonly secrets: Secrets;
  readonly leash: Leash;
  readonly show: (line: string) => void;
}

/** Uses DATABASE_URL and REDIS_URL where set, and starts what is not given. One that crashes is started again. */
export async function openStores(input: StoresInput): Promise<Stores> {
  const { folder, leash, secrets, show, portBase } = input;
  const { DATABASE_URL, REDIS_URL } = process.env;
  const common = { folder, user: findServiceUser(), leash };
  const startPostgres = () =>
    startEmbeddedPostgres({ ...common, port: portBase + 5, password: secrets.postgresPassword });
  const startRedis = () =>
    startLocalRedis({ ...common, port: portBase + 6, password: secrets.redisPassword, say: show });

  const [redis, postgres] = await Promise.all([
    REDIS_URL ? null : keepRunning("Redis", startRedis, show),
    DATABASE_URL ? null : keepRunning("Postgres", startPostgres, show),
  ]);
  return {
    databaseUrl: DATABASE_URL || (postgres?.url ?? ""),
    redisUrl: REDIS_URL || (redis?.url ?? ""),
    async stop() {
      await redis?.stop();
      await postgres?.stop();
    },
  };
}

async function keepRunning(
  name: string,
  start: () => Promise<RunningService>,
  show: (line: string) => void,
): Promise<Pick<RunningService, "url" | "stop">> {
  let running = await start();
  let isStopping = false;
  const watch = async () => {
    while (!isStopping) {
      await running.exited;
      for (let restarts = 0; !isStopping; restarts += 1) {
        const pauseMs = restartPauseMs(restarts);
        show(`${name} ended, starting it again in ${pauseMs} ms.`);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        try {
          running = await start();
          break;
        } catch (error) {
          show((error as Error).message);
        }
      }
    }
  };
  void watch();
  return {
    url: running.url,
    async stop() {
      isStopping = true;
      await running.stop();
    },
  };
}

import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { createRequestSeconds, type RequestSeconds } from "@alivemcp/runtime/request-metrics";
import type { Registry } from "prom-client";
import type { Config } from "./config.ts";
import { type CookieJar, createCookieJar } from "./cookie-jar.ts";
import { createAuth } from "./identity/create-auth.ts";
import { createIdentity, type Identity } from "./identity/identity.ts";
import { type Assets, assetPaths, readAssets } from "./read-assets.ts";
import { createSigner, type Signer } from "./signer.ts";
import type { Site } from "./site.ts";

/** Everything the dashboard can touch: one tenant at a time as `app`, who people are as `identity`, and Redis. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  /** Logs in as `app`. */
  readonly pool: Pool;
  /** Logs in as `identity`. */
  readonly identityPool: Pool;
  readonly redis: Redis;
  readonly identity: Identity;
  readonly signer: Signer;
  readonly cookies: CookieJar;
  readonly assets: Assets;
  readonly site: Site;
  readonly metrics: Registry;
  readonly requestSeconds: RequestSeconds;
  close(): Promise<void>;
}

/** Opens what the process needs. Rejects when Postgres or Redis does not answer: it says ready only with both seen once. */
export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const log = openLogger("web", config.LOG_LEVEL);
  const open = (url: string, applicationName: string) => {
    const pool = openPool(url, {
      max: 8,
      applicationName,
      statementTimeoutMs: 10_000,
      onError: (err) => log.warn({ err }, "idle postgres connection broke"),
    });
    closers.add(applicationName, () => pool.end());
    return pool;
  };
  const pool = open(config.DATABASE_URL, "web");
  const identityPool = open(config.IDENTITY_DATABASE_URL, "web-identity");
  const redis = openRedis(config.REDIS_URL, {
    name: "web",
    commandTimeoutMs: 2_000,
    onError: (err) => log.warn({ err }, "redis"),
  });
  closers.add("redis", () => redis.disconnect());
  await Promise.all([pool.query("SELECT 1"), identityPool.query("SELECT 1"), redis.ping()]);
  return {
    ...assembleDeps({ config, log, clock: systemClock, pool, identityPool, redis }),
    close: closers.closeAll,
  };
}

/** The parts that are made of others; tests call it with what they opened themselves. */
export function assembleDeps(
  opened: Pick<Deps, "config" | "log" | "clock" | "pool" | "identityPool" | "redis">,
): Omit<Deps, "close"> {
  const { config, log, identityPool } = opened;
  const assets = readAssets();
  const metrics = createMetrics("web");
  const auth = createAuth({ pool: identityPool, log, config });
  return {
    ...opened,
    identity: createIdentity({ auth }),
    signer: createSigner(config.AUTH_SECRET),
    cookies: createCookieJar(config.APP_URL),
    assets,
    site: {
      appUrl: config.APP_URL,
      publicUrl: config.PUBLIC_URL,
      apiUrl: config.API_URL,
      isSimulated: config.SIMULATED_REGIONS,
      assets: assetPaths(assets),
    },
    metrics,
    requestSeconds: createRequestSeconds(metrics, "web"),
  };
}

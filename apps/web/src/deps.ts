import type { ActionDeps } from "@alivemcp/actions/action-deps";
import { probeQueueName } from "@alivemcp/core/pipeline";
import { createProbeDeps } from "@alivemcp/probe/probe-deps";
import { createResolveTxt } from "@alivemcp/probe/resolve-txt";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { ConfigError, signingKey } from "@alivemcp/runtime/config";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { type Mailer, openMailer } from "@alivemcp/runtime/mail";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions, type RegionSpec } from "@alivemcp/runtime/regions";
import { createRequestSeconds, type RequestSeconds } from "@alivemcp/runtime/request-metrics";
import type { VendorUrls } from "@alivemcp/sinks/sink-client";
import type { SlackApp } from "@alivemcp/sinks/slack/oauth";
import { VENDOR_URLS } from "@alivemcp/sinks/vendor-urls";
import { Counter, type Registry } from "prom-client";
import type { Config } from "./config.ts";
import { type CookieJar, createCookieJar } from "./cookie-jar.ts";
import { createVaultClient, type VaultClient } from "./credentials/vault-client.ts";
import { type Auth, createAuth } from "./identity/create-auth.ts";
import { createIdentity, type Identity } from "./identity/identity.ts";
import { createSignInLimits, type SignInLimits } from "./identity/sign-in-limits.ts";
import { type Assets, assetPaths, readAssets } from "./read-assets.ts";
import { createSigner, type Signer } from "./signer.ts";
import { createSinkSecrets, type SinkSecrets } from "./sinks/sink-secrets.ts";
import type { Site } from "./site.ts";

/**
 * Everything the dashboard can touch: what the verbs need (one tenant at a time as `app`, Redis, the queues to ask for
 * a probe now), and who people are as `identity`.
 */
export interface Deps extends ActionDeps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  /** Logs in as `app`. */
  readonly pool: Pool;
  /** Logs in as `identity`. */
  readonly identityPool: Pool;
  readonly redis: Redis;
  readonly regions: readonly Pick<RegionSpec, "id" | "city">[];
  readonly mailer: Mailer;
  /** For `apps/web/src/identity/` only. */
  readonly auth: Auth;
  readonly limits: SignInLimits;
  readonly identity: Identity;
  /** Has credentials stored by the api; nothing can be read back. */
  readonly vault: VaultClient;
  /** Has secrets of webhooks replaced by the api. */
  readonly sinkSecrets: SinkSecrets;
  /** Sends people to Slack; null: this installation has no Slack app. */
  readonly slackApp: Pick<SlackApp, "clientId"> | null;
  readonly vendorHttp: { readonly vendors: VendorUrls };
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
  if ((config.GITHUB_CLIENT_ID === undefined) !== (config.GITHUB_CLIENT_SECRET === undefined)) {
    throw new ConfigError("GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are set together or not at all");
  }
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
  const regions = loadRegions(config.REGIONS_FILE);
  const probeQueues = openProbeQueues({ config, log, regions }, closers);
  await Promise.all([pool.query("SELECT 1"), identityPool.query("SELECT 1"), redis.ping()]);
  const deps = assembleDeps({
    config,
    log,
    clock: systemClock,
    pool,
    identityPool,
    redis,
    regions,
    probeQueues,
  });
  closers.add("mailer", () => deps.mailer.close());
  return { ...deps, close: closers.closeAll };
}

function openProbeQueues(
  { config, log, regions }: Pick<Deps, "config" | "log" | "regions">,
  closers: ReturnType<typeof createClosers>,
): Deps["probeQueues"] {
  const connection = openQueueConnection(config.REDIS_URL, {
    name: "web-queues",
    onError: (err) => log.warn({ err }, "redis of the queues"),
  });
  closers.add("queue connection", () => connection.disconnect());
  const queues = new Map(regions.map(({ id }) => [id, openQueue(connection, probeQueueName(id))]));
  closers.add("queues", () => Promise.all([...queues.values()].map((queue) => queue.close())));
  return queues;
}

/** The parts that are made of others; tests call it with what they opened themselves. */
export function assembleDeps(
  opened: Pick<
    Deps,
    "config" | "log" | "clock" | "pool" | "identityPool" | "redis" | "regions" | "probeQueues"
  >,
): Omit<Deps, "close"> {
  const { config, log, identityPool } = opened;
  const assets = readAssets();
  const metrics = createMetrics("web");
  const mails = new Counter({
    name: "alivemcp_web_mails_total",
    help: "Mails to people, by what became of them.",
    labelNames: ["outcome"],
    registers: [metrics],
  });
  const mailer = openMailer({
    smtpUrl: config.SMTP_URL,
    from: config.MAIL_FROM,
    log,
    onOutcome: (outcome) => mails.inc({ outcome }),
  });
  const auth = createAuth({ pool: identityPool, log, config });
  return {
    ...opened,
    target: createProbeDeps({ allowCidrs: config.PROBE_ALLOW_CIDRS, publicUrl: config.PUBLIC_URL }),
    resolveTxt: createResolveTxt(),
    claimsContact: config.CLAIMS_CONTACT ?? null,
    ticketKey: signingKey(config.TICKET_KEY),
    sinkPublicKey: config.SINK_PUBLIC_KEY,
    appUrl: config.APP_URL,
    publicUrl: config.PUBLIC_URL,
    apiUrl: config.API_URL,
    mailer,
    auth,
    limits: createSignInLimits(opened.redis),
    identity: createIdentity({ auth }),
    vault: createVaultClient(config),
    sinkSecrets: createSinkSecrets(config),
    slackApp: config.SLACK_CLIENT_ID === undefined ? null : { clientId: config.SLACK_CLIENT_ID },
    vendorHttp: { vendors: VENDOR_URLS },
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

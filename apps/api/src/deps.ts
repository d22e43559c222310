import { invariant } from "@alivemcp/core/invariant";
import { probeQueueName } from "@alivemcp/core/pipeline";
import { guardedFetch } from "@alivemcp/probe/guarded-fetch";
import { createProbeDeps, type SharedProbeDeps } from "@alivemcp/probe/probe-deps";
import { createResolveTxt, type ResolveTxt } from "@alivemcp/probe/resolve-txt";
import { type Clock, systemClock } from "@alivemcp/runtime/clock";
import { ConfigError, signingKey } from "@alivemcp/runtime/config";
import { createClosers } from "@alivemcp/runtime/lifecycle";
import { type Logger, openLogger } from "@alivemcp/runtime/logger";
import { type Mailer, openMailer } from "@alivemcp/runtime/mail";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import { openQueue, openQueueConnection, type Queue } from "@alivemcp/runtime/queues";
import { openRedis, type Redis } from "@alivemcp/runtime/redis";
import { loadRegions } from "@alivemcp/runtime/regions";
import { createRequestSeconds, type RequestSeconds } from "@alivemcp/runtime/request-metrics";
import type { SinkKey, SinkPublicKey } from "@alivemcp/runtime/sink-keys";
import type { SinkDeps } from "@alivemcp/sinks/sink-client";
import type { SlackApp } from "@alivemcp/sinks/slack/oauth";
import { VENDOR_URLS } from "@alivemcp/sinks/vendor-urls";
import { Counter, type Registry } from "prom-client";
import type { Config } from "./config.ts";
import { createOauthHttp, type OauthHttp } from "./oauth/oauth-http.ts";
import { openLocalKeyProvider } from "./vault/local-key-provider.ts";
import { createVault, type Vault } from "./vault/vault.ts";

/** Everything the API can touch: Postgres in three roles, Redis, and the regional queues to ask for a probe now. */
export interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  /** Logs in as `app`: one tenant per transaction. */
  readonly pool: Pool;
  /** Logs in as `identity`: whose key is this? */
  readonly identityPool: Pool;
  /** Logs in as `operator`: what only who runs the installation may do. */
  readonly operatorPool: Pool;
  readonly redis: Redis;
  /** One per region, in the manifest's order. */
  readonly probeQueues: ReadonlyMap<string, Queue>;
  /** Signs the tickets of jobs whose endpoint has a credential. */
  readonly ticketKey: string;
  /** Judges what strangers give as a URL, and looks for the proofs of a claim. */
  readonly target: SharedProbeDeps;
  readonly resolveTxt: ResolveTxt;
  /** Where somebody writes who finds their endpoint claimed by another. */
  readonly claimsContact: string | null;
  /** Encrypts and decrypts credentials; only this process has the keys. */
  readonly vault: Vault;
  /** Asks authorization servers. */
  readonly oauth: OauthHttp;
  readonly mailer: Mailer;
  /** Base URL of the dashboard, without a slash at its end: links in mails begin with it. */
  readonly appUrl: string;
  /** Base URL of this API, likewise. */
  readonly publicUrl: string;
  readonly apiUrl: string;
  /** Open what receivers sign with; the first one seals. */
  readonly sinkKeys: readonly SinkKey[];
  readonly sinkPublicKey: SinkPublicKey;
  /** Null: this installation has no Slack app. */
  readonly slackApp: SlackApp | null;
  /** How vendors of channels are asked. */
  readonly vendorHttp: Pick<SinkDeps, "fetch" | "vendors">;
  readonly metrics: Registry;
  readonly requestSeconds: RequestSeconds;
  /** Credentials asked for by workers, by `outcome`. */
  readonly handovers: Counter<"outcome">;
  close(): Promise<void>;
}

export async function createDeps(config: Config): Promise<Deps> {
  const closers = createClosers();
  const metrics = createMetrics("api");
  const log = openLogger("api", config.LOG_LEVEL);
  const provider = openLocalKeyProvider({
    path: config.VAULT_KEY_FILE,
    clock: systemClock,
    onBroken: (err) => log.error({ err }, "the vault's key file broke; the keys read before stay in force"),
  });
  const vault = createVault({ provider, clock: systemClock });
  const probe = createProbeDeps({ allowCidrs: config.PROBE_ALLOW_CIDRS, publicUrl: config.PUBLIC_URL });
  const open = (url: string, applicationName: string, max: number): Pool => {
    const opened = openPool(url, {
      max,
      applicationName,
      onError: (err) => log.warn({ err }, "idle postgres connection broke"),
    });
    closers.add(applicationName, () => opened.end());
    return opened;
  };
  const pool = open(config.DATABASE_URL, "api", 8);
  const identityPool = open(config.IDENTITY_DATABASE_URL, "api-identity", 4);
  const operatorPool = open(config.OPERATOR_DATABASE_URL, "api-operator", 2);
  const redis = openRedis(config.REDIS_URL, { name: "api", onError: (err) => log.warn({ err }, "redis") });
  closers.add("redis", () => redis.disconnect());
  const queueConnection = openQueueConnection(config.REDIS_URL, {
    name: "api-queues",
    onError: (err) => log.warn({ err }, "redis of the queues"),
  });
  closers.add("queue connection", () => queueConnection.disconnect());
  const regions = loadRegions(config.REGIONS_FILE).map(({ id }) => id);
  const probeQueues = new Map(
    regions.map((region) => [region, openQueue(queueConnection, probeQueueName(region))]),
  );
  closers.add("queues", () => Promise.all([...probeQueues.values()].map((queue) => queue.close())));
  const mailer = openMailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, log });
  closers.add("mailer", () => mailer.close());
  const pools = [pool, identityPool, operatorPool];
  await Promise.all([...pools.map((opened) => opened.query("SELECT 1")), redis.ping()]);
  return {
    config,
    log,
    clock: systemClock,
    pool,
    identityPool,
    operatorPool,
    redis,
    probeQueues,
    ticketKey: signingKey(config.TICKET_KEY),
    target: probe,
    resolveTxt: createResolveTxt(),
    claimsContact: config.CLAIMS_CONTACT ?? null,
    vault,
    oauth: createOauthHttp(probe),
    mailer,
    appUrl: config.APP_URL.replace(/\/+$/, ""),
    publicUrl: config.PUBLIC_URL.replace(/\/+$/, ""),
    apiUrl: config.API_URL.replace(/\/+$/, ""),
    sinkKeys: config.SINK_KEY,
    sinkPublicKey: newestOf(config.SINK_KEY),
    slackApp: slackAppOf(config),
    vendorHttp: {
      vendors: VENDOR_URLS,
      fetch: (request) =>
        guardedFetch(
          { ...probe, clock: systemClock },
          { ...request, headers: ["user-agent", probe.userAgent, ...request.headers] },
        ),
    },
    metrics,
    requestSeconds: createRequestSeconds(metrics, "api"),
    handovers: new Counter({
      name: "alivemcp_credential_handovers_total",
      help: "Credentials that workers asked for, by outcome",
      labelNames: ["outcome"],
      registers: [metrics],
    }),
    close: closers.closeAll,
  };
}

function newestOf([newest]: readonly SinkKey[]): SinkPublicKey {
  invariant(newest !== undefined, "a key file holds a key");
  return { id: newest.id, publicKey: newest.publicKey };
}

function slackAppOf(config: Pick<Config, "SLACK_CLIENT_ID" | "SLACK_CLIENT_SECRET">): SlackApp | null {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = config;
  if ((clientId === undefined) !== (clientSecret === undefined)) {
    throw new ConfigError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET are set together or not at all");
  }
  return clientId === undefined || clientSecret === undefined ? null : { clientId, clientSecret };
}

/** The processes of one installation: what `scripts/up` starts and what docker-compose.yml must name. */
import type { Role } from "@alivemcp/db/roles";

export interface ProcessSpec {
  readonly name: string;
  /** Path of its main file in the repository. */
  readonly entry: string;
  /** Postgres role in its DATABASE_URL; null: it never gets one. */
  readonly role: Role | null;
  /** Port of /metrics, /readyz and /livez, as an offset from the port base. */
  readonly metricsOffset: number;
  /** Port that people open, likewise; null: it serves nobody. */
  readonly portOffset: number | null;
  /** Heap limit in `scripts/up`, where a handful of endpoints are watched. Elsewhere Node decides. */
  readonly heapMb: number;
  /** Semi-space of that heap. The worker's bursts of answers outgrow 1 MB, and what outlives it lands in the old heap. */
  readonly semiSpaceMb: number;
  /** Deadline of an orderly stop. The worker's is above the 50 s after which a probe is killed for certain. */
  readonly graceMs: number;
  /**
   * Wave of starting in `scripts/up`. 2: its regions check themselves against the api, which must answer by then. 3: the
   * first endpoints are registered by then, so that its first board shows them.
   */
  readonly startWave: 1 | 2 | 3;
  /** Order of stopping: intake first, then what works it off, then what only reads. */
  readonly stopRank: number;
}

const GRACE_MS = 10_000;

export const PROCESSES: readonly ProcessSpec[] = [
  {
    name: "api",
    entry: "apps/api/src/main.ts",
    role: "app",
    metricsOffset: 10,
    portOffset: 1,
    heapMb: 96,
    semiSpaceMb: 1,
    graceMs: GRACE_MS,
    startWave: 1,
    stopRank: 4,
  },
  {
    name: "scheduler",
    entry: "services/scheduler/src/main.ts",
    role: "system",
    metricsOffset: 11,
    portOffset: null,
    heapMb: 96,
    semiSpaceMb: 1,
    graceMs: GRACE_MS,
    startWave: 1,
    stopRank: 1,
  },
  {
    name: "probe-worker",
    entry: "services/probe-worker/src/main.ts",
    role: null,
    metricsOffset: 12,
    portOffset: null,
    heapMb: 128,
    semiSpaceMb: 4,
    graceMs: 55_000,
    startWave: 2,
    stopRank: 2,
  },
  {
    name: "archiver",
    entry: "services/archiver/src/main.ts",
    role: "system",
    metricsOffset: 13,
    portOffset: null,
    heapMb: 96,
    semiSpaceMb: 1,
    graceMs: GRACE_MS,
    startWave: 1,
    stopRank: 3,
  },
  {
    name: "alert-router",
    entry: "services/alert-router/src/main.ts",
    role: "system",
    metricsOffset: 14,
    portOffset: null,
    heapMb: 96,
    semiSpaceMb: 1,
    graceMs: GRACE_MS,
    startWave: 1,
    stopRank: 3,
  },
  {
    name: "status",
    entry: "apps/status/src/main.ts",
    role: "reader",
    metricsOffset: 15,
    portOffset: 2,
    heapMb: 96,
    semiSpaceMb: 1,
    graceMs: GRACE_MS,
    startWave: 3,
    stopRank: 4,
  },
  {
    name: "web",
    entry: "apps/web/src/main.ts",
    role: "app",
    metricsOffset: 16,
    portOffset: 0,
    heapMb: 96,
    semiSpaceMb: 1,
    graceMs: GRACE_MS,
    startWave: 3,
    stopRank: 4,
  },
];

/** What one running copy has in common for all its processes. */
export interface Installation {
  readonly portBase: number;
  readonly redisUrl: string;
  databaseUrl(role: Role): string;
  readonly operatorKey: string;
  /** Signs the cookies of the dashboard. */
  readonly authSecret: string;
  /** Where mails go. */
  readonly smtpUrl: string;
  readonly mailFrom: string;
  /** Signs the tickets with which workers ask for credentials. */
  readonly ticketKey: string;
  /** Opens the api's internal port to the dashboard. */
  readonly internalToken: string;
  /** `region=token,…`: opens it to the workers of each region. */
  readonly regionTokens: string;
  /** Keys of the vault, which the api alone reads. */
  readonly vaultKeyFile: string;
  /** What opens the settings of sinks: who sends to them reads it, and the api. */
  readonly sinkKeyFile: string;
  /** What seals them, as `SINK_PUBLIC_KEY`. */
  readonly sinkPublicKey: string;
  readonly regionsFile: string;
  /** Ids of the regions whose jobs this machine's worker runs. */
  readonly regions: readonly string[];
  /** Private ranges that probes may reach, comma-separated; empty: none. */
  readonly allowedRanges: string;
  /** Second address of the api, which the regions' self-check asks; null: none. */
  readonly canaryHost: string | null;
  readonly plan: string;
  readonly logLevel: string;
  /** What whoever installs it may set besides; each process gets the ones that `GIVEN` names for it. */
  readonly given: Readonly<Record<string, string | undefined>>;
}

export const webUrl = (portBase: number) => `http://127.0.0.1:${portBase}`;
export const apiUrl = (portBase: number) => `http://127.0.0.1:${portBase + 1}`;
export const internalUrl = (portBase: number) => `http://127.0.0.1:${portBase + 3}`;
export const statusUrl = (portBase: number) => `http://127.0.0.1:${portBase + 2}`;

/** The local mailbox: where mails are sent, and the page where they are read. */
export const mailboxPorts = (portBase: number) => ({ smtp: portBase + 7, page: portBase + 4 });

/** Processes that put probe jobs into the queues; the api also checks their tickets. */
const MAKES_JOBS: ReadonlySet<string> = new Set(["api", "web", "scheduler", "alert-router"]);

/** Accounts at vendors, an outside watcher, receivers in place of vendors: off until they are set. */
const GIVEN: Readonly<Record<string, readonly string[]>> = {
  web: ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "SLACK_CLIENT_ID", "TELEGRAM_BOT_NAME"],
  api: ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET", "TELEGRAM_WEBHOOK_SECRET"],
  "alert-router": [
    "TELEGRAM_BOT_TOKEN",
    "OPERATORS_WORKSPACE",
    "DEADMAN_URL",
    "DEADMAN_AUTHORIZATION",
    "SINK_VENDOR_URLS",
  ],
};

/** Environment of one process. Everything it needs and nothing else: what is not named here does not leak into it. */
export function processEnvironment(spec: ProcessSpec, installation: Installation): Record<string, string> {
  const { portBase } = installation;
  return {
    LOG_LEVEL: installation.logLevel,
    REDIS_URL: installation.redisUrl,
    METRICS_PORT: String(portBase + spec.metricsOffset),
    SHUTDOWN_GRACE_MS: String(spec.graceMs),
    REGIONS_FILE: installation.regionsFile,
    PROBE_REGIONS: installation.regions.join(","),
    PROBE_ALLOW_CIDRS: installation.allowedRanges,
    APP_URL: webUrl(portBase),
    PUBLIC_URL: statusUrl(portBase),
    API_URL: apiUrl(portBase),
    SIMULATED_REGIONS: "1",
    DEFAULT_PLAN: installation.plan,
    ...(spec.portOffset === null
      ? {}
      : { PORT: String(portBase + spec.portOffset), HOST: hosts(spec, installation) }),
    ...(spec.role === null ? {} : { DATABASE_URL: installation.databaseUrl(spec.role) }),
    ...internalEnvironment(spec, installation),
    ...sinkEnvironment(spec, installation),
    ...(MAKES_JOBS.has(spec.name) ? { TICKET_KEY: installation.ticketKey } : {}),
    ...(spec.name === "api" ? { OPERATOR_KEY: installation.operatorKey } : {}),
    ...(spec.name === "web" ? webEnvironment(installation) : {}),
    ...givenEnvironment(spec, installation),
  };
}

function givenEnvironment({ name }: ProcessSpec, { given }: Installation): Record<string, string> {
  const named = (GIVEN[name] ?? []).map((variable) => [variable, given[variable]] as const);
  return Object.fromEntries(named.filter((pair): pair is readonly [string, string] => Boolean(pair[1])));
}

/** Who serves the api's internal port and who asks there. */
function internalEnvironment(spec: ProcessSpec, installation: Installation): Record<string, string> {
  const { portBase, internalToken, regionTokens, vaultKeyFile } = installation;
  switch (spec.name) {
    case "api":
      return {
        IDENTITY_DATABASE_URL: installation.databaseUrl("identity"),
        OPERATOR_DATABASE_URL: installation.databaseUrl("operator"),
        SMTP_URL: installation.smtpUrl,
        MAIL_FROM: installation.mailFrom,
        INTERNAL_HOST: "127.0.0.1",
        INTERNAL_PORT: String(portBase + 3),
        INTERNAL_TOKEN: internalToken,
        REGION_TOKENS: regionTokens,
        VAULT_KEY_FILE: vaultKeyFile,
      };
    case "probe-worker":
      return {
        INTERNAL_URL: internalUrl(portBase),
        REGION_TOKENS: regionTokens,
        PROBE_CREDENTIAL_CHILDREN_MAX: "1",
      };
    case "web":
      return { INTERNAL_URL: internalUrl(portBase), INTERNAL_TOKEN: internalToken };
    default:
      return {};
  }
}

/** The dashboard can seal what people enter, and not read it again. */
function sinkEnvironment(spec: ProcessSpec, installation: Installation): Record<string, string> {
  const { sinkKeyFile, sinkPublicKey, smtpUrl, mailFrom } = installation;
  switch (spec.name) {
    case "web":
      return { SINK_PUBLIC_KEY: sinkPublicKey };
    case "api":
      return { SINK_KEY_FILE: sinkKeyFile };
    case "alert-router":
      return { SINK_KEY_FILE: sinkKeyFile, SMTP_URL: smtpUrl, MAIL_FROM: mailFrom };
    default:
      return {};
  }
}

function webEnvironment(installation: Installation): Record<string, string> {
  return {
    IDENTITY_DATABASE_URL: installation.databaseUrl("identity"),
    AUTH_SECRET: installation.authSecret,
    SMTP_URL: installation.smtpUrl,
    MAIL_FROM: installation.mailFrom,
  };
}

/** The api also answers where the regions look for their canary. */
const hosts = (spec: ProcessSpec, { canaryHost }: Installation) =>
  spec.name === "api" && canaryHost !== null ? `127.0.0.1,${canaryHost}` : "127.0.0.1";

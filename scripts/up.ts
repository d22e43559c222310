/**
 * Starts everything on this machine and keeps it running until Ctrl-C: Postgres, Redis, the processes of
 * scripts/processes.ts, and a few MCP servers to watch. Called by scripts/up after installing.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readImport } from "@alivemcp/actions/imports/read-import";
import { roleUrl } from "@alivemcp/db/roles";
import { addSinkKey, readSinkPublicKey, sinkPublicKeyText } from "@alivemcp/runtime/sink-keys";
import { addKey } from "../apps/api/src/vault/key-file.ts";
import { CANARY_HOST, DEMO_RANGE, type DemoEndpoint, demoEndpoints } from "./demo/demo-endpoints.ts";
import { apiUrl, type Installation, mailboxPorts, PROCESSES, statusUrl, webUrl } from "./processes.ts";
import { isPortFree } from "./services/free-port.ts";
import { openLeash } from "./services/leash.ts";
import { openStateFolder, stateFolderOf } from "./services/state-folder.ts";
import { machineEnvironment } from "./stack/machine-environment.ts";
import { openStores, type Stores } from "./stack/open-stores.ts";
import { databaseName, prepareDatabase } from "./stack/prepare-database.ts";
import { createFleet } from "./stack/process-fleet.ts";
import { type EndpointToRegister, registerEndpoints } from "./stack/register-endpoints.ts";
import { reportRegistrations } from "./stack/report-registrations.ts";
import { openSecrets, regionTokensOf } from "./stack/secrets.ts";
import { supervise } from "./stack/supervise.ts";
import { parseUpOptions, UP_HELP, type UpOptions } from "./stack/up-options.ts";
import { warmCompileCache } from "./stack/warm-compile-cache.ts";
import { writeRegionsFile } from "./stack/write-regions-file.ts";

/** Servers of one file; whoever runs the installation may import more at once than a workspace. */
const IMPORTED_MAX = 5_000;
const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));
const PLAN = "team";
/** With a mail server of the person's own there is no local mailbox. */
const isOwnMailbox = !process.env.SMTP_URL;
const startedAtMs = Date.now();

/** Progress with the seconds since the start, so that a slow step shows. */
const say = (line: string) =>
  console.log(`${((Date.now() - startedAtMs) / 1000).toFixed(1).padStart(5)}s  ${line}`);

const parsed = parseUpOptions(process.argv.slice(2));
if (parsed.kind !== "run") {
  console.log(parsed.kind === "help" ? UP_HELP : `${parsed.reason}\n\n${UP_HELP}`);
  process.exit(parsed.kind === "help" ? 0 : 64);
}
const { options } = parsed;

/** What was started, last first when stopping. */
const stops: (() => Promise<void>)[] = [];
let stopping: { readonly done: Promise<void>; readonly sinceMs: number } | null = null;
/** One Ctrl-C may arrive twice, from the terminal and from a parent that passes it on. */
const SAME_SIGNAL_WITHIN_MS = 500;

async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
    await stop();
  }
}

function stopOnce(): Promise<void> {
  stopping ??= { done: stopAll(), sinceMs: Date.now() };
  return stopping.done;
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (stopping !== null) {
      if (Date.now() - stopping.sinceMs > SAME_SIGNAL_WITHIN_MS) {
        say("Stopping at once; what is left is ended by the leash.");
        process.exit(130);
      }
      return;
    }
    say("Stopping in order. Once more to stop at once.");
    void stopOnce().then(() => {
      say("Stopped. What was stored stays for the next start.");
      process.exit(0);
    });
  });
}

try {
  await start(options);
} catch (error) {
  // A stop that was asked for makes whatever was starting fail; that is no error.
  if (stopping === null) {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    await stopOnce();
    process.exit(1);
  }
}

async function start({ portBase, hasDemo, isReset, isWatching, importPath }: UpOptions): Promise<void> {
  const demo = hasDemo ? demoEndpoints(portBase) : [];
  const imported = importPath === null ? [] : readImports(importPath);
  const folder = stateFolderOf(REPOSITORY, portBase);
  openStateFolder(folder);
  // Refuses while another command uses the folder, so nothing below can disturb a running copy.
  const leash = openLeash(folder, { removeFolder: false });
  let stores: Stores | null = null;
  stops.push(async () => leash.close());
  stops.push(async () => stores?.stop());
  if (isReset) {
    forget(folder);
  }
  await refuseTakenPorts(portBase, demo);
  mkdirSync(join(folder, "logs"), { recursive: true, mode: 0o700 });
  const deps = { leash, show: say, cwd: REPOSITORY };

  say(`State and logs are in ${folder}`);
  const demoProcesses = demo.map((one) =>
    supervise(deps, {
      name: one.name,
      program: ["--max-old-space-size=64", "--max-semi-space-size=1", ...one.program],
      env: one.env,
      graceMs: 1_000,
      logPath: join(folder, "logs", `demo-${one.port}.log`),
      isQuiet: true,
    }),
  );
  stops.push(async () => void (await Promise.all(demoProcesses.map((one) => one.stop()))));
  const mailbox = isOwnMailbox ? superviseMailbox(deps, { folder, portBase }) : null;
  stops.push(async () => mailbox?.stop());

  say("Starting Postgres and Redis …");
  const secrets = openSecrets(folder);
  const warming = warmCompileCache(REPOSITORY);
  const opened = await openStores({ folder, portBase, secrets, leash, show: say });
  stores = opened;
  say("Preparing the database …");
  await prepareDatabase({ databaseUrl: opened.databaseUrl, secrets, plan: PLAN, cwd: REPOSITORY });

  const regions = writeRegionsFile(folder, hasDemo ? `http://${CANARY_HOST}:${portBase + 1}/canary` : null);
  const installation: Installation = {
    portBase,
    redisUrl: opened.redisUrl,
    databaseUrl: (role) => roleUrl(opened.databaseUrl, role, secrets.rolePasswords[role], databaseName()),
    operatorKey: secrets.operatorKey,
    authSecret: secrets.authSecret,
    smtpUrl: process.env.SMTP_URL || `smtp://127.0.0.1:${mailboxPorts(portBase).smtp}`,
    mailFrom: process.env.MAIL_FROM || "AliveMCP <alivemcp@localhost>",
    ticketKey: secrets.ticketKey,
    internalToken: secrets.internalToken,
    regionTokens: regionTokensOf(secrets, regions.ids),
    ...openKeyFiles(folder),
    regionsFile: regions.path,
    regions: regions.ids,
    allowedRanges: allowedRanges(hasDemo),
    canaryHost: hasDemo ? CANARY_HOST : null,
    plan: PLAN,
    logLevel: process.env.LOG_LEVEL || "info",
    given: process.env,
  };
  await warming;
  const fleet = createFleet(deps, { installation, folder, isWatching });
  stops.push(fleet.stop);
  await fleet.start(1);
  await fleet.start(2);

  const api = { url: apiUrl(portBase), operatorKey: secrets.operatorKey };
  const registrations = [
    ...(await registerEndpoints(api, demo, { visibility: "public", isDemo: true })),
    ...(await registerEndpoints(api, imported, { visibility: "unlisted", isDemo: false })),
  ];
  await fleet.start(3);
  await reportRegistrations(registrations, statusUrl(portBase), say);
  summarise(installation);
}

/** Keys of the vault and of the sinks, made on first use. */
function openKeyFiles(folder: string): Pick<Installation, "vaultKeyFile" | "sinkKeyFile" | "sinkPublicKey"> {
  const vaultKeyFile = join(folder, "vault-keys.json");
  if (!existsSync(vaultKeyFile)) {
    addKey(vaultKeyFile, { nowMs: Date.now(), wrapsFromMs: 0 });
  }
  const sinkKeyFile = join(folder, "sink-keys.json");
  if (!existsSync(sinkKeyFile)) {
    addSinkKey(sinkKeyFile, { nowMs: Date.now() });
  }
  return { vaultKeyFile, sinkKeyFile, sinkPublicKey: sinkPublicKeyText(readSinkPublicKey(sinkKeyFile)) };
}

function allowedRanges(hasDemo: boolean): string {
  return [hasDemo ? DEMO_RANGE : "", process.env.PROBE_ALLOW_CIDRS ?? ""].filter(Boolean).join(",");
}

/** Where mails end when no mail server was given. */
function superviseMailbox(
  deps: Parameters<typeof supervise>[0],
  { folder, portBase }: { readonly folder: string; readonly portBase: number },
) {
  const { smtp, page } = mailboxPorts(portBase);
  return supervise(deps, {
    name: "mailbox",
    program: [
      "--max-old-space-size=64",
      "--max-semi-space-size=1",
      "scripts/mailbox/main.ts",
      String(smtp),
      String(page),
    ],
    env: machineEnvironment(),
    graceMs: 1_000,
    logPath: join(folder, "logs", "mailbox.log"),
    isQuiet: true,
  });
}

function readImports(path: string): EndpointToRegister[] {
  const read = readImport(readFileSync(path, "utf8"), IMPORTED_MAX);
  if (read.kind === "refused") {
    throw new Error(`${path}: ${read.reason}`);
  }
  return read.entries.flatMap((entry) => {
    if (entry.kind === "refused") {
      say(`Not imported: ${entry.name}: ${entry.reason}`);
      return [];
    }
    if (entry.note !== null) {
      say(`${entry.name}: ${entry.note}`);
    }
    return [{ name: entry.name, url: entry.body.url, transport: entry.body.transport ?? "auto" }];
  });
}

/** Everything this copy stored goes; the list of held processes is the leash's. */
function forget(folder: string): void {
  if (process.env.DATABASE_URL || process.env.REDIS_URL) {
    throw new Error(
      "--reset forgets this copy's own Postgres and Redis only; unset DATABASE_URL and REDIS_URL.",
    );
  }
  for (const name of ["postgres", "redis", "logs", "secrets.json", "vault-keys.json", "sink-keys.json"]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  say("Forgot everything this copy had stored.");
}

async function refuseTakenPorts(portBase: number, demo: readonly DemoEndpoint[]): Promise<void> {
  if (demo.length > 0 && !(await isPortFree(0, CANARY_HOST))) {
    throw new Error(
      `This machine does not answer on ${CANARY_HOST}, where the demo endpoints live. Start with --no-demo, or on macOS ` +
        "give it the addresses 127.0.77.1 and 127.0.77.11 to .17 first: sudo ifconfig lo0 alias <address>",
    );
  }
  const offsets = [
    3,
    5,
    6,
    ...PROCESSES.flatMap((one) => [one.metricsOffset, one.portOffset ?? one.metricsOffset]),
  ];
  const wanted = [...offsets.map((offset) => ({ host: "127.0.0.1", port: portBase + offset })), ...demo];
  for (const { host, port } of wanted) {
    if (!(await isPortFree(port, host))) {
      throw new Error(`Port ${port} of ${host} is taken. Choose another --port-base.`);
    }
  }
}

function summarise({ portBase, operatorKey }: Installation): void {
  console.log(`
  Sign up, dashboard       ${webUrl(portBase)}
  Mails it sends           ${isOwnMailbox ? `http://127.0.0.1:${mailboxPorts(portBase).page}` : "through SMTP_URL"}
  Board and status pages   ${statusUrl(portBase)}
  API                      ${apiUrl(portBase)}
  Operator key             ${operatorKey}

  Probe any MCP server     npx alivemcp check <url>
  Watch one                ALIVEMCP_API_URL=${apiUrl(portBase)} ALIVEMCP_API_KEY=<operator key> npx alivemcp add <url>

  The five regions are simulated on this machine. Ctrl-C stops everything in order.
`);
}

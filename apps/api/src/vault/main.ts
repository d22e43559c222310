/**
 * Operators' commands for the vault's keys: `npm run vault -w apps/api -- <command>`. Exit codes: 0 done, 64 bad
 * arguments, 1 failed. The steps of a rotation are in infra/runbooks/rotate-vault-keys.md.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { systemClock } from "@alivemcp/runtime/clock";
import { loadConfig } from "@alivemcp/runtime/config";
import { openLogger } from "@alivemcp/runtime/logger";
import { openPool } from "@alivemcp/runtime/postgres";
import { z } from "zod";
import { addKey, readKeyFile } from "./key-file.ts";
import { openLocalKeyProvider } from "./local-key-provider.ts";
import { countDataKeys, renewDataKeys, type TendDeps, tendVault } from "./tend-vault.ts";
import { createVault } from "./vault.ts";

const HELP = `vault add-key --file <path> [--if-none] [--in-minutes <n>]
  Adds a key to the key file (made when it is missing). It wraps from now on, or in n minutes, so that the file can be
  copied to every machine that runs the api first. --if-none: does nothing when the file exists.
vault status
  Data keys by the key that wraps them. A key of the file with none may be taken out of it.
vault tend
  Wraps every data key under the current key and encrypts every secret under its tenant's newest data key, now. The api
  does the same every ten minutes.
vault renew-data-keys
  Gives every tenant a new data key, then does what tend does.

All but add-key read DATABASE_URL (role alivemcp_app) and VAULT_KEY_FILE.`;

const configSchema = z.object({
  DATABASE_URL: z.url(),
  VAULT_KEY_FILE: z.string(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace"]).default("warn"),
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
}

async function run([command, ...rest]: readonly string[]): Promise<number> {
  switch (command) {
    case "add-key":
      return addOne(rest);
    case "status":
      return withVault(async (deps, path) => {
        const counts = await countDataKeys(deps);
        const named = readKeyFile(path).keys.map(({ id }) => `local/${id}`);
        for (const name of new Set([...named, ...counts.keys()])) {
          say(
            `${name}: ${counts.get(name) ?? 0} data keys${named.includes(name) ? "" : ", and the key is MISSING"}`,
          );
        }
        return [...counts.keys()].every((name) => named.includes(name)) ? 0 : 1;
      });
    case "tend":
      return withVault(tendOnce);
    case "renew-data-keys":
      return withVault(async (deps) => {
        say(`${await renewDataKeys(deps)} tenants have a new data key.`);
        return tendOnce(deps);
      });
    default:
      process.stderr.write(`${HELP}\n`);
      return 64;
  }
}

async function tendOnce(deps: TendDeps): Promise<number> {
  const done = await tendVault(deps);
  say(
    `${done.tenants} tenants: ${done.dataKeysWrapped} data keys wrapped anew, ${done.secretsEncrypted} secrets encrypted anew, ` +
      `${done.dataKeysDropped} data keys dropped, ${done.failures} failures.`,
  );
  return done.failures === 0 ? 0 : 1;
}

function addOne(args: readonly string[]): number {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: "string" },
      "if-none": { type: "boolean", default: false },
      "in-minutes": { type: "string", default: "0" },
    },
  });
  const minutes = Number(values["in-minutes"]);
  if (!values.file || !Number.isInteger(minutes) || minutes < 0 || minutes > 10_080) {
    process.stderr.write(`${HELP}\n`);
    return 64;
  }
  if (values["if-none"] && existsSync(values.file)) {
    say("The key file exists; nothing to do.");
    return 0;
  }
  const nowMs = systemClock.nowMs();
  say(`Added the key ${addKey(values.file, { nowMs, wrapsFromMs: nowMs + minutes * 60_000 })}.`);
  return 0;
}

async function withVault(work: (deps: TendDeps, keyFile: string) => Promise<number>): Promise<number> {
  const config = loadConfig(configSchema, process.env);
  const log = openLogger("vault", config.LOG_LEVEL);
  const clock = systemClock;
  const provider = openLocalKeyProvider({
    path: config.VAULT_KEY_FILE,
    clock,
    onBroken: (err) => log.error({ err }, "the vault's key file broke"),
  });
  const pool = openPool(config.DATABASE_URL, {
    max: 2,
    applicationName: "vault",
    onError: (err) => log.warn({ err }, "idle postgres connection broke"),
  });
  try {
    return await work({ pool, log, clock, vault: createVault({ provider, clock }) }, config.VAULT_KEY_FILE);
  } finally {
    await pool.end();
  }
}

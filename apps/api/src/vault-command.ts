/**
 * Operators' commands for the vault's keys: `npm run vault -w apps/api -- <command>`. Exit codes: 0 done, 64 bad
 * arguments, 1 failed. The steps of a rotation are in infra/runbooks/rotate-vault-keys.md.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { addKey } from "./vault/key-file.ts";

const HELP = `vault add-key --file <path> [--if-none] [--in-minutes <n>]
  Adds a key to the key file (made when it is missing). It wraps from now on, or in n minutes, so that the file can be
  copied to every machine that runs the api first. --if-none: does nothing when the file exists.`;

process.exitCode = run(process.argv.slice(2));

function run(args: readonly string[]): number {
  const [command, ...rest] = args;
  if (command !== "add-key") {
    process.stderr.write(`${HELP}\n`);
    return 64;
  }
  const { values } = parseArgs({
    args: rest,
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
    process.stdout.write("The key file exists; nothing to do.\n");
    return 0;
  }
  const nowMs = Date.now();
  const id = addKey(values.file, { nowMs, wrapsFromMs: nowMs + minutes * 60_000 });
  process.stdout.write(`Added the key ${id}.\n`);
  return 0;
}

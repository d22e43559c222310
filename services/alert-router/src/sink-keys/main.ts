/**
 * Operators' command for the keys of sinks: `npm run sink-keys -w services/alert-router -- add-key …`. Exit codes: 0
 * done, 64 bad arguments, 1 failed. The steps of a rotation are in infra/runbooks/rotate-sink-keys.md.
 */
import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { systemClock } from "@alivemcp/runtime/clock";
import { addSinkKey, readSinkPublicKey, sinkPublicKeyText } from "@alivemcp/runtime/sink-keys";

const HELP = `sink-keys add-key --file <path> [--public-file <path>] [--if-none]
  Puts a new key first in the key file (made when it is missing) and prints its public half, for SINK_PUBLIC_KEY.
  --public-file: writes it there, too, for SINK_PUBLIC_KEY_FILE. --if-none: adds no key when the file exists.`;
const say = (line: string) => void process.stdout.write(`${line}\n`);

try {
  process.exitCode = run(process.argv.slice(2));
} catch (err) {
  process.stderr.write(`${err instanceof Error ? err.message : String(err)}\n`);
  process.exitCode = 1;
}

function run([command, ...rest]: readonly string[]): number {
  const { values } = parseArgs({
    args: [...rest],
    options: {
      file: { type: "string" },
      "public-file": { type: "string" },
      "if-none": { type: "boolean", default: false },
    },
  });
  if (command !== "add-key" || !values.file) {
    process.stderr.write(`${HELP}\n`);
    return 64;
  }
  if (!values["if-none"] || !existsSync(values.file)) {
    addSinkKey(values.file, { nowMs: systemClock.nowMs() });
  }
  const publicText = sinkPublicKeyText(readSinkPublicKey(values.file));
  if (values["public-file"]) {
    writeFileSync(values["public-file"], `${publicText}\n`);
  }
  say(publicText);
  return 0;
}

import { readFileSync } from "node:fs";
import { PIPELINE_VERSION } from "@alivemcp/core/pipeline";
import { LATE_ACCEPTED_MS } from "@alivemcp/core/verdict-minute";
import { SEAL_AFTER_MS } from "@alivemcp/core/verdict-report";
import { type RedisScript, redisScript } from "../run-script.ts";

/** A sealed minute stays readable and correctable this long; then it lives in Postgres only. */
const SEALED_LIFE_S = 15 * 60;
/** An open minute waits this long for a sealer, so that an outage of ours loses no minute that was reported. */
const UNSEALED_LIFE_S = 24 * 3600;

/** Takes one region result in. Keys: vm, now, unsealed, stream. */
export const REPORT: RedisScript = compose("report");
/** Seals one verdict-minute. Keys: vm, now, unsealed, stream. */
export const SEAL: RedisScript = compose("seal");

/** Constants come from core, so that Lua and core cannot disagree about a number. */
function compose(main: "report" | "seal"): RedisScript {
  const constants = {
    VERSION: PIPELINE_VERSION,
    SEAL_AFTER_MS,
    LATE_ACCEPTED_MS,
    SEALED_LIFE_S,
    UNSEALED_LIFE_S,
  };
  const header = Object.entries(constants).map(([name, value]) => `local ${name} = ${value}\n`);
  return redisScript(header.join("") + read("verdict-minute") + read(main));
}

function read(name: string): string {
  return readFileSync(new URL(`./${name}.lua`, import.meta.url), "utf8");
}

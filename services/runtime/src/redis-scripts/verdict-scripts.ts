import { readFileSync } from "node:fs";
import { PIPELINE_VERSION } from "@alivemcp/core/pipeline";
import { LATE_ACCEPTED_MS } from "@alivemcp/core/verdict-minute";
import { SEAL_AFTER_MS } from "@alivemcp/core/verdict-report";
import type { Redis } from "ioredis";

/** A sealed minute stays readable and correctable this long; then it lives in Postgres only. */
const SEALED_LIFE_S = 15 * 60;
/** An open minute waits this long for a sealer, so that an outage of ours loses no minute that was reported. */
const UNSEALED_LIFE_S = 24 * 3600;

/** The scripts as commands of a connection. `numberOfKeys` is 4 for both: vm, now, unsealed, stream. */
export interface VerdictCommands {
  verdictReport(...keysAndArgs: (string | number)[]): Promise<[string, number, string]>;
  verdictSeal(...keysAndArgs: (string | number)[]): Promise<string>;
}

/** Gives a connection the verdict commands (once; EVALSHA on the wire, loaded again when Redis forgot it). */
export function verdictCommands(redis: Redis): VerdictCommands {
  if (!("verdictReport" in redis)) {
    redis.defineCommand("verdictReport", { numberOfKeys: 4, lua: compose("report") });
    redis.defineCommand("verdictSeal", { numberOfKeys: 4, lua: compose("seal") });
  }
  return redis as unknown as VerdictCommands;
}

/** Constants come from core, so that Lua and core cannot disagree about a number. */
function compose(main: "report" | "seal"): string {
  const constants = {
    VERSION: PIPELINE_VERSION,
    SEAL_AFTER_MS,
    LATE_ACCEPTED_MS,
    SEALED_LIFE_S,
    UNSEALED_LIFE_S,
  };
  const header = Object.entries(constants).map(([name, value]) => `local ${name} = ${value}\n`);
  return header.join("") + read("verdict-minute") + read(main);
}

function read(name: string): string {
  return readFileSync(new URL(`./${name}.lua`, import.meta.url), "utf8");
}

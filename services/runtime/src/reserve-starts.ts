import type { StartBudget } from "@alivemcp/core/start-budget";
import type { Redis } from "ioredis";
import { redisScript, runScript } from "./run-script.ts";

/** All or nothing: an ask that does not fit takes nothing, so smaller ones behind it still may. */
const RESERVE = redisScript(`
local taken = tonumber(redis.call("GET", KEYS[1]) or "0")
if taken + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return 0 end
redis.call("INCRBY", KEYS[1], ARGV[1])
redis.call("EXPIRE", KEYS[1], ARGV[3])
return 1`);

/** Takes `count` starts from a budget shared by all processes; false when they do not fit. One round trip. */
export async function reserveStarts(redis: Redis, budget: StartBudget, count: number): Promise<boolean> {
  return (await runScript(redis, RESERVE, [budget.key], [count, budget.max, budget.lifeS])) === 1;
}

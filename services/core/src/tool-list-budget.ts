import { shardOf } from "./shard.ts";
import type { StartBudget } from "./start-budget.ts";

const DAY_S = 86_400;

/**
 * Compressed bytes of new tool lists that one endpoint may leave in Redis in one UTC day. An ordinary list is some
 * 10 KB; an endpoint that makes up megabytes for every probe would otherwise fill Redis for everybody within hours.
 */
export const toolListBudget = (endpointId: string, atMs: number): StartBudget => ({
  key: `tl-bytes:{${shardOf(endpointId)}}:${endpointId}:${Math.floor(atMs / (DAY_S * 1_000))}`,
  max: 8 * 1024 * 1024,
  lifeS: DAY_S,
});

import { leaseHoldersKey, shardLeaseKey } from "@alivemcp/core/pipeline";
import type { Redis } from "ioredis";
import { redisScript, runScript } from "./run-script.ts";

/**
 * Leases of shards, one key each: a process owns the shard while the key holds its token. Expiry is Redis's own, so
 * holders' clocks do not matter. A lease alone does not stop a paused process from writing; the fence number does.
 */
export interface ShardLeases {
  /** Takes a free shard; false when somebody has it. */
  take(shard: string): Promise<boolean>;
  /** Prolongs a lease that is still ours; false when it was lost, never taking it again. */
  renew(shard: string): Promise<boolean>;
  /** Gives a shard back at once, if it is still ours. */
  release(shard: string): Promise<void>;
  /** Says we are alive and returns how many processes of the group are. */
  countHolders(): Promise<number>;
  /** Takes us off the list of the living. */
  leave(): Promise<void>;
}

const RENEW = redisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

const RELEASE = redisScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`);

const COUNT_HOLDERS = redisScript(`
local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', now_ms), ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now_ms - ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 6)
return redis.call('ZCARD', KEYS[1])`);

/** `token` is unique to this process and start; `leaseMs` is how long a silent process keeps its shards. */
export function openShardLeases(
  redis: Redis,
  input: { group: string; token: string; leaseMs: number },
): ShardLeases {
  const { group, token, leaseMs } = input;
  const holders = leaseHoldersKey(group);
  const keyOf = (shard: string) => shardLeaseKey(group, shard);
  return {
    take: async (shard) => (await redis.set(keyOf(shard), token, "PX", leaseMs, "NX")) === "OK",
    renew: async (shard) => (await runScript(redis, RENEW, [keyOf(shard)], [token, leaseMs])) === 1,
    release: async (shard) => {
      await runScript(redis, RELEASE, [keyOf(shard)], [token]);
    },
    countHolders: async () => Number(await runScript(redis, COUNT_HOLDERS, [holders], [token, leaseMs])),
    leave: async () => {
      await redis.zrem(holders, token);
    },
  };
}

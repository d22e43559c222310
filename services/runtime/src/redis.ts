import { Redis } from "ioredis";

export type { Redis } from "ioredis";

/**
 * Opens a Redis connection and keeps it: reconnects forever with backoff up to 2 s.
 *
 * A command waits at most `commandTimeoutMs` (default 5 s) and is retried over one reconnect, so that a caller learns
 * that Redis is gone instead of hanging. Commands issued in one tick travel together (auto-pipelining). RESP 2 on the
 * wire: replies of streams and hashes have one shape whatever the server.
 */
export function openRedis(
  url: string,
  options: { name: string; onError: (err: Error) => void; commandTimeoutMs?: number; isLazy?: boolean },
): Redis {
  const redis = new Redis(url, {
    connectionName: options.name,
    protocol: 2,
    lazyConnect: options.isLazy ?? false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 1,
    commandTimeout: options.commandTimeoutMs ?? 5_000,
    connectTimeout: 5_000,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
  redis.on("error", options.onError);
  return redis;
}

/**
 * Says what about a Redis server would lose data: it must not evict keys and must write an append-only file. Empty
 * when all is well or when the server does not let us look (a restricted ACL user).
 */
export async function listDurabilityProblems(redis: Redis): Promise<string[]> {
  const read = async (name: string): Promise<string | undefined> => {
    const reply = (await redis.config("GET", name).catch(() => [])) as string[];
    return reply[1];
  };
  const policy = await read("maxmemory-policy");
  const appendOnly = await read("appendonly");
  return [
    ...(policy !== undefined && policy !== "noeviction"
      ? [`maxmemory-policy is ${policy}, must be noeviction`]
      : []),
    ...(appendOnly === "no"
      ? ["appendonly is off: a crash loses verdict-minutes that are not archived yet"]
      : []),
  ];
}

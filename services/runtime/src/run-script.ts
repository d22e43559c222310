import { createHash } from "node:crypto";
import type { Redis } from "ioredis";

export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

export function redisScript(text: string): RedisScript {
  return { text, sha: createHash("sha1").update(text).digest("hex") };
}

/**
 * Runs a script by its hash, and by its text where Redis does not know it yet.
 *
 * Not by `defineCommand`: ioredis 6 copies the defined commands into a pipeline when the pipeline is made, so that
 * defining one while an automatic pipeline is being filled loses that call and later throws where nobody can catch it
 * ("results[i] is not iterable").
 */
export async function runScript(
  redis: Redis,
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
  } catch (err) {
    if (!(err instanceof Error && err.message.startsWith("NOSCRIPT"))) {
      throw err;
    }
    return redis.eval(script.text, keys.length, ...keys, ...args);
  }
}

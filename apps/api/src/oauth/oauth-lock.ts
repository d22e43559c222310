import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@alivemcp/core/app-error";
import type { Deps } from "../deps.ts";

/** Longer than a turn may take: the lock of a process that died is free again after this. */
const LOCK_MS = 20_000;
const POLL_MS = 50;
/** Deletes the lock only while it is still ours. */
const RELEASE = `if redis.call("GET", KEYS[1]) == ARGV[1] then return redis.call("DEL", KEYS[1]) end return 0`;

/**
 * Runs `run` while no other process runs under the same name. Throws `upstream` when it is not this one's turn before
 * the deadline (`performance.now()`).
 */
export async function withLock<T>(
  { redis }: Pick<Deps, "redis">,
  { name, deadlineMs }: { readonly name: string; readonly deadlineMs: number },
  run: () => Promise<T>,
): Promise<T> {
  const holder = randomUUID();
  while ((await redis.set(name, holder, "PX", LOCK_MS, "NX")) !== "OK") {
    if (performance.now() + POLL_MS > deadlineMs) {
      throw new AppError({
        code: "upstream",
        internal: `waited in vain for ${name}`,
        public: "The authorization server of this endpoint takes too long. Try again in a minute.",
      });
    }
    await sleep(POLL_MS);
  }
  try {
    return await run();
  } finally {
    await redis.eval(RELEASE, 1, name, holder);
  }
}

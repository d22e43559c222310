import { Redis } from "ioredis";

const COUNTER = "test:next-database";
const DATABASES = 4096;

export interface TestRedis {
  /** URL of a logical database nobody else uses. */
  readonly url: string;
  readonly redis: Redis;
  close(): Promise<void>;
}

/**
 * Gives a test file an empty logical database of the server named by `TEST_REDIS_URL` (started by
 * `scripts/with-services.ts` with 4,096 of them) and empties it again at the end.
 */
export async function openTestRedis(): Promise<TestRedis> {
  const base = process.env.TEST_REDIS_URL;
  if (!base) {
    throw new Error("TEST_REDIS_URL is not set: run integration tests with `npm run test:int`");
  }
  const counter = new Redis(base);
  const index = 1 + ((await counter.incr(COUNTER)) % (DATABASES - 1));
  await counter.quit();
  const url = `${base.replace(/\/\d*$/, "")}/${index}`;
  const redis = new Redis(url, { protocol: 2, enableAutoPipelining: true });
  await redis.flushdb();
  return {
    url,
    redis,
    async close() {
      await redis.flushdb();
      await redis.quit();
    },
  };
}

import type { RouteDeps } from "../src/route-batch.ts";

/** Where a process dies: at its `call`-th touch of Postgres, Redis or a queue, before it takes effect or after. */
export interface Crash {
  readonly call: number;
  readonly isDone: boolean;
}

export class Crashed extends Error {}

/**
 * The same dependencies as seen by a process that dies: from the given touch on, every one fails. Counts the touches,
 * so that a run without a crash says how many there are to die at.
 */
export function crashAt(deps: RouteDeps, crash: Crash | null): { deps: RouteDeps; touches: () => number } {
  let touches = 0;
  const touch = async <T>(work: () => Promise<T>): Promise<T> => {
    touches += 1;
    if (crash === null || touches < crash.call) {
      return work();
    }
    if (touches === crash.call && crash.isDone) {
      await work();
    }
    throw new Crashed("the process died here");
  };
  const isDead = () => crash !== null && touches >= crash.call;
  const watched = <T extends object>(
    target: T,
    names: readonly string[],
    wrap?: (result: unknown) => unknown,
  ): T =>
    new Proxy(target, {
      get(object, name) {
        const value = Reflect.get(object, name) as unknown;
        if (typeof value !== "function") {
          return value;
        }
        const method = value as (...args: unknown[]) => unknown;
        if (!names.includes(String(name))) {
          return method.bind(object);
        }
        return (...args: unknown[]) =>
          touch(async () => {
            const result = await method.apply(object, args);
            return wrap ? wrap(result) : result;
          });
      },
    });
  const client = (opened: unknown) =>
    new Proxy(watched(opened as object, ["query"]), {
      get(object, name) {
        // A dead process's connection is closed by the kernel, and Postgres rolls back.
        return name === "release"
          ? (isBroken: boolean) => (opened as { release(b: boolean): void }).release(isBroken || isDead())
          : Reflect.get(object, name);
      },
    });
  const pool = new Proxy(watched(deps.pool, ["query"]), {
    get: (object, name) =>
      name === "connect" ? async () => client(await deps.pool.connect()) : Reflect.get(object, name),
  });
  const redisCommands = [
    "get",
    "hset",
    "hdel",
    "hgetall",
    "evalsha",
    "eval",
    "xinfo",
    "xrevrange",
    "xpending",
  ];
  return {
    deps: {
      ...deps,
      pool,
      redis: watched(deps.redis, redisCommands),
      deliveryQueue: watched(deps.deliveryQueue, ["addBulk"]),
      queues: new Map(
        [...deps.queues].map(([region, queue]) => [region, watched(queue, ["addBulk", "getJobState"])]),
      ),
    },
    touches: () => touches,
  };
}

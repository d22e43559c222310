import type { DeliverDeps } from "../src/deliver/deliver-deps.ts";

/** Where a process dies: at its `call`-th touch of Postgres, of the queue or of a receiver, before it takes effect or after. */
export interface Death {
  readonly call: number;
  readonly isDone: boolean;
}

export class Died extends Error {}

/** The same dependencies as seen by a process that dies: from the given touch on, every one fails. Counts the touches. */
export function dyingDelivery(
  deps: DeliverDeps,
  death: Death | null,
): { readonly deps: DeliverDeps; readonly touches: () => number } {
  let touches = 0;
  const touch = async <T>(work: () => Promise<T>): Promise<T> => {
    touches += 1;
    if (death === null || touches < death.call) {
      return work();
    }
    if (touches === death.call && death.isDone) {
      await work();
    }
    throw new Died("the process died here");
  };
  const isDead = () => death !== null && touches >= death.call;
  const watch = <T extends object>(target: T, names: readonly string[]): T =>
    new Proxy(target, {
      get(object, name) {
        const value = Reflect.get(object, name) as unknown;
        if (typeof value !== "function") {
          return value;
        }
        const method = value as (...args: unknown[]) => Promise<unknown>;
        return names.includes(String(name))
          ? (...args: unknown[]) => touch(() => method.apply(object, args))
          : method.bind(object);
      },
    });
  const pool = new Proxy(watch(deps.pool, ["query"]), {
    get: (object, name) =>
      name === "connect"
        ? async () => {
            const client = await deps.pool.connect();
            return new Proxy(watch(client, ["query"]), {
              get: (inner, key) =>
                // A dead process's connection is closed by the kernel, and Postgres rolls back.
                key === "release"
                  ? (isBroken: boolean) => client.release(isBroken || isDead())
                  : Reflect.get(inner, key),
            });
          }
        : Reflect.get(object, name),
  });
  return {
    deps: {
      ...deps,
      pool,
      deliveryQueue: watch(deps.deliveryQueue, ["addBulk"]),
      sinkDeps: { ...deps.sinkDeps, fetch: (request) => touch(() => deps.sinkDeps.fetch(request)) },
    },
    touches: () => touches,
  };
}

import type { Pool, PoolClient } from "@alivemcp/runtime/postgres";
import { Crashed } from "./crash-at.ts";

/**
 * A pool as seen by a process that dies at its `call`-th statement, before it takes effect or (`isDone`) after: from then
 * on every one fails, and its connections are closed by the kernel. Without a call it only counts.
 */
function crashPool(pool: Pool, call: number | null, isDone: boolean) {
  let touches = 0;
  const touch = async (work: () => Promise<unknown>) => {
    touches += 1;
    if (call === null || touches < call) {
      return work();
    }
    if (touches === call && isDone) {
      await work();
    }
    throw new Crashed("the process died here");
  };
  const isDead = () => call !== null && touches >= call;
  const dyingClient = (client: PoolClient) =>
    new Proxy(client, {
      get(target, name) {
        if (name === "query") {
          return (...args: unknown[]) => touch(() => Reflect.apply(target.query, target, args));
        }
        if (name === "release") {
          return (isBroken?: boolean) => target.release(isBroken === true || isDead());
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  const dyingPool = new Proxy(pool, {
    get(target, name) {
      if (name === "query") {
        return (...args: unknown[]) => touch(() => Reflect.apply(target.query, target, args));
      }
      return name === "connect" ? async () => dyingClient(await target.connect()) : Reflect.get(target, name);
    },
  });
  return { pool: dyingPool, touches: () => touches };
}

/**
 * Runs a sweep that dies at each of its statements in turn, before and after each, and once more alive after each death.
 * `prepare` makes a world of its own for every run; `look` says what came of it. Answers what came of each run, the one
 * without a crash first, and how many crash points there were.
 */
export async function dieEverywhere<Prepared, Seen>(input: {
  readonly pool: Pool;
  readonly prepare: () => Promise<Prepared>;
  readonly run: (pool: Pool, prepared: Prepared) => Promise<unknown>;
  readonly look: (prepared: Prepared) => Promise<Seen>;
}): Promise<{ readonly seen: readonly Seen[]; readonly crashPoints: number }> {
  const alive = crashPool(input.pool, null, false);
  const first = await input.prepare();
  await input.run(alive.pool, first);
  const seen = [await input.look(first)];
  for (let call = 1; call <= alive.touches(); call += 1) {
    for (const isDone of [false, true]) {
      const prepared = await input.prepare();
      const dead = crashPool(input.pool, call, isDone);
      await input.run(dead.pool, prepared).catch((err: unknown) => {
        if (!(err instanceof Crashed)) {
          throw err;
        }
      });
      await input.run(input.pool, prepared);
      seen.push(await input.look(prepared));
    }
  }
  return { seen, crashPoints: alive.touches() };
}

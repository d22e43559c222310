import { tryUpkeepLock } from "@alivemcp/db/queries/upkeep-lock-system";
import type { Pool, PoolClient } from "@alivemcp/runtime/postgres";
import { openTurnstile } from "./turnstile.ts";

/** Many archivers may run; a task of upkeep that is about all endpoints runs in one of them at a time. */
export interface UpkeepLocks {
  /** Runs a task unless another archiver is at it; answers whether it ran. Never twice at once for one task. */
  alone(task: string, run: () => Promise<unknown>): Promise<boolean>;
  close(): void;
}

interface Session {
  readonly client: PoolClient;
  release(): void;
}

/**
 * Locks of all tasks live on one connection: a task that held one of its own while it waits for more from the same pool
 * could wait for ever. A crash frees the locks with the connection. When only the connection breaks, another archiver may
 * run the task beside us: tasks are idempotent, the lock only saves work.
 */
export function openUpkeepLocks(pool: Pool): UpkeepLocks {
  let session: Promise<Session> | null = null;
  // One connection carries one statement at a time.
  const statement = openTurnstile(1);
  // To Postgres a session that has a lock may take it again.
  const running = new Set<string>();

  const openSession = async (): Promise<Session> => {
    const client = await pool.connect();
    let isReleased = false;
    const release = () => {
      if (!isReleased) {
        isReleased = true;
        client.release(true);
      }
    };
    client.once("end", close);
    return { client, release };
  };
  const close = () => {
    const closing = session;
    session = null;
    closing?.then(({ release }) => release()).catch(() => undefined);
  };

  const runLocked = async (task: string, run: () => Promise<unknown>) => {
    session ??= openSession();
    const taking = session.then(({ client }) => statement.through(() => tryUpkeepLock(client, task)));
    const lock = await taking.catch((err: unknown) => {
      close();
      throw err;
    });
    if (lock === null) {
      return false;
    }
    try {
      await run();
      return true;
    } finally {
      // A connection that broke meanwhile has freed it already.
      await statement.through(() => lock.release()).catch(close);
    }
  };

  return {
    async alone(task, run) {
      if (running.has(task)) {
        return false;
      }
      running.add(task);
      try {
        return await runLocked(task, run);
      } finally {
        running.delete(task);
      }
    },
    close,
  };
}

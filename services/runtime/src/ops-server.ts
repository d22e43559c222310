import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";
import type { PeriodicTask } from "./periodic.ts";

/** One line of readiness: `facts` are shown to operators, `isReady` decides. */
export interface ReadinessCheck {
  readonly name: string;
  check():
    | Promise<{ isReady: boolean; facts?: Record<string, unknown> }>
    | { isReady: boolean; facts?: Record<string, unknown> };
}

export interface OpsServer {
  readonly port: number;
  /** From now on `/readyz` answers 503, so that no new work is sent here. */
  startDraining(): void;
  close(): Promise<void>;
}

const CHECK_TIMEOUT_MS = 2_000;

/**
 * Operators' port of a process, separate from what the public reaches: `/metrics` (Prometheus text), `/readyz` (200
 * or 503 with every check's facts; a periodic task is unhealthy when older than twice its interval), `/livez` (answers
 * only when the event loop turns). A check that takes over 2 s counts as not ready.
 */
export async function openOpsServer(input: {
  host: string;
  port: number;
  metrics: Registry;
  checks: readonly ReadinessCheck[];
  tasks: readonly PeriodicTask[];
}): Promise<OpsServer> {
  let isDraining = false;
  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0];
    try {
      if (path === "/metrics") {
        response
          .writeHead(200, { "content-type": input.metrics.contentType })
          .end(await input.metrics.metrics());
      } else if (path === "/readyz") {
        const report = await readiness(input, isDraining);
        response
          .writeHead(report.isReady ? 200 : 503, { "content-type": "application/json" })
          .end(JSON.stringify(report));
      } else if (path === "/livez") {
        await new Promise(setImmediate);
        response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
      } else {
        response.writeHead(404).end();
      }
    } catch {
      response.writeHead(500).end();
    }
  });
  await listen(server, input.host, input.port);
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : input.port,
    startDraining: () => {
      isDraining = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readiness(
  input: { checks: readonly ReadinessCheck[]; tasks: readonly PeriodicTask[] },
  isDraining: boolean,
) {
  const checks = await Promise.all(
    input.checks.map(async ({ name, check }) => {
      const timeout = new Promise<{ isReady: boolean; facts?: Record<string, unknown> }>((resolve) => {
        setTimeout(
          () => resolve({ isReady: false, facts: { error: "timed out" } }),
          CHECK_TIMEOUT_MS,
        ).unref();
      });
      const outcome = await Promise.race([Promise.resolve().then(check), timeout]).catch((err: unknown) => ({
        isReady: false,
        facts: { error: err instanceof Error ? err.message : "failed" },
      }));
      return { name, ...outcome };
    }),
  );
  const tasks = input.tasks.map((task) => ({
    name: task.name,
    ageMs: task.ageMs(),
    isReady: task.ageMs() <= 2 * task.everyMs + 1_000,
  }));
  return {
    isReady: !isDraining && checks.every((check) => check.isReady) && tasks.every((task) => task.isReady),
    isDraining,
    checks,
    tasks,
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

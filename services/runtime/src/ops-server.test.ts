import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";
import { openOpsServer } from "./ops-server.ts";

async function withServer(
  input: { isReady: boolean; ageMs?: number },
  run: (url: string, startDraining: () => void) => Promise<void>,
) {
  const ops = await openOpsServer({
    host: "127.0.0.1",
    port: 0,
    metrics: createMetrics("test"),
    checks: [{ name: "redis", check: () => ({ isReady: input.isReady, facts: { queueDepth: 3 } }) }],
    tasks: [{ name: "snapshot", everyMs: 10_000, ageMs: () => input.ageMs ?? 0, stop: async () => {} }],
  });
  try {
    await run(`http://127.0.0.1:${ops.port}`, ops.startDraining);
  } finally {
    await ops.close();
  }
}

const status = async (url: string) => (await fetch(url)).status;

test("readiness is 200 with the facts while every check holds, and 503 while draining", async () => {
  await withServer({ isReady: true }, async (url, startDraining) => {
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ checks: [{ name: "redis", facts: { queueDepth: 3 } }] });
    startDraining();
    expect(await status(`${url}/readyz`)).toBe(503);
  });
});

test("one failing check, or a task older than twice its interval, makes the process not ready", async () => {
  await withServer({ isReady: false }, async (url) => expect(await status(`${url}/readyz`)).toBe(503));
  await withServer({ isReady: true, ageMs: 21_001 }, async (url) =>
    expect(await status(`${url}/readyz`)).toBe(503),
  );
});

test("metrics carry the process name, and liveness answers", async () => {
  await withServer({ isReady: true }, async (url) => {
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('process="test"');
    expect(await status(`${url}/livez`)).toBe(200);
    expect(await status(`${url}/other`)).toBe(404);
  });
});

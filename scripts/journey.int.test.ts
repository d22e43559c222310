/**
 * The whole way once, on a real copy: an endpoint is registered, is live within seconds, dies, is confirmed down, comes
 * back, is live again, and every public surface tells the same story.
 */
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStub } from "./bench/open-stub.ts";
import { type RunningCopy, startCopy } from "./drills/running-copy.ts";

/** One cadence until the next slot, 30 s between the looks, what probing and writing take, and a busy machine. */
const OUTAGE_KNOWN_WITHIN_MS = 150_000;
const FIRST_VERDICT_WITHIN_MS = 30_000;
const HOST = "127.0.77.101";

let copy: RunningCopy;

beforeAll(async () => {
  copy = await startCopy({ hasDemo: true });
}, 150_000);

afterAll(async () => {
  await copy?.stop();
}, 90_000);

test("an outage is confirmed and shown everywhere, and so is the recovery", async () => {
  const api = `http://127.0.0.1:${copy.portBase + 1}`;
  const status = `http://127.0.0.1:${copy.portBase + 2}`;
  const authorization = `Bearer ${copy.operatorKey}`;
  let stub = await openStub({ delayMs: 0, host: HOST });
  try {
    const created = await fetch(`${api}/v1/endpoints`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ url: `http://${HOST}:${stub.port}/mcp`, name: "Journey", visibility: "public" }),
    });
    expect(created.status).toBe(201);
    const embedded = async () =>
      (await (await fetch(`${status}/api/embed-status/journey`)).json()) as { status?: string };
    const reached = async (state: string, withinMs: number) => {
      const deadline = performance.now() + withinMs;
      while ((await embedded()).status !== state) {
        if (performance.now() > deadline) {
          throw new Error(`not ${state} within ${withinMs / 1_000} s: ${JSON.stringify(await embedded())}`);
        }
        await wait(500);
      }
    };
    await reached("live", FIRST_VERDICT_WITHIN_MS);

    const { port } = stub;
    await stub.close();
    await reached("down", OUTAGE_KNOWN_WITHIN_MS);
    expect(await (await fetch(`${status}/status/journey`)).text()).toMatch(/connection refused/i);
    expect(await (await fetch(`${status}/badge/journey.json`)).json()).toMatchObject({
      message: expect.stringMatching(/down/),
    });
    const shown = await fetch(`${api}/v1/endpoints/journey`, { headers: { authorization } });
    expect(await shown.json()).toMatchObject({ state: "down", failure_reason: "connection_refused" });

    stub = await openStub({ delayMs: 0, host: HOST, port });
    await reached("live", OUTAGE_KNOWN_WITHIN_MS);
    expect((await (await fetch(`${status}/status/journey`)).text()).toLowerCase()).toContain("down");
  } finally {
    await stub.close();
  }
}, 400_000);

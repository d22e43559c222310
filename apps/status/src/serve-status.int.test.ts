/** The process: ready only with its data read, and stopping in order while readers are still connected. */
import { checkQueueName, type ProbeJob } from "@alivemcp/core/pipeline";
import { openQueueConnection, openQueueWorker } from "@alivemcp/runtime/queues";
import { afterEach, expect, test } from "vitest";
import {
  openTestStatus,
  REGIONS,
  seedEndpoint,
  seedHeartbeats,
  seedNow,
  type TestStatus,
} from "../test/open-test-status.ts";
import { serveStatus } from "./serve-status.ts";

let status: TestStatus;
const closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
  await status.close();
});

test("it answers on every address it was given, with data from its first answer on", async () => {
  status = await openTestStatus({ HOST: "127.0.0.1,127.0.77.1" });
  const endpoint = await seedEndpoint(status, { slug: "acme" });
  await seedNow(status, endpoint.id);
  const server = await serveStatus(status.deps);
  closers.push(server.stop);
  const answers = await Promise.all([
    fetch(`http://127.0.0.1:${server.ports[0]}/badge/acme.json`),
    fetch(`http://127.0.77.1:${server.ports[1]}/healthz`),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  expect(await answers[0]?.json()).toMatchObject({ message: "live · 99.98% 30d · 182 ms" });
});

test("a stop ends live streams, so that it does not wait for their readers", async () => {
  status = await openTestStatus();
  await seedHeartbeats(status);
  startSilentProber();
  const server = await serveStatus(status.deps);
  const base = `http://127.0.0.1:${server.ports[0]}`;
  const submitted = await fetch(`${base}/check`, {
    method: "POST",
    body: new URLSearchParams({ url: "http://127.0.77.10:8443/mcp", transport: "auto" }),
    redirect: "manual",
  });
  const stream = await fetch(`${base}${submitted.headers.get("location")}/events`);
  const reader = stream.body?.getReader();
  await reader?.read();
  await server.stop();
  let isOpen = true;
  while (isOpen) {
    isOpen = !(await reader?.read().then(
      ({ done }) => done,
      () => true,
    ));
  }
  await expect(fetch(`${base}/healthz`)).rejects.toThrow();
});

/** Takes every check and never answers. */
function startSilentProber(): void {
  const never = Promise.withResolvers<void>();
  const connection = openQueueConnection(status.store.url, { name: "prober", onError: () => {} });
  const workers = REGIONS.map(({ id }) =>
    openQueueWorker<ProbeJob>(connection, checkQueueName(id), () => never.promise, {}),
  );
  closers.push(async () => {
    never.resolve();
    await Promise.all(workers.map((worker) => worker.close(true)));
    connection.disconnect();
  });
}

/** Live pages and probes now over real Postgres, Redis and queues. */
import { COMMITTED_FIELDS, RAW_FIELDS } from "@alivemcp/core/now-fields";
import { nowKey, probeQueueName } from "@alivemcp/core/pipeline";
import { openQueueConnection, openQueueWorker } from "@alivemcp/runtime/queues";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FINDING, regionFields } from "../../../../services/runtime/test/live-state.ts";
import {
  addWorkspace,
  askAs,
  openTestDashboard,
  postAs,
  type SeededEndpoint,
  seedEndpoint,
  seedHeartbeats,
  seedNow,
  type TestDashboard,
  type TestWorkspace,
} from "../../test/open-test-dashboard.ts";
import { createStreams } from "./create-streams.ts";

let dashboard: TestDashboard;
let workspace: TestWorkspace;
let endpoint: SeededEndpoint;
beforeAll(async () => {
  dashboard = await openTestDashboard();
  workspace = await addWorkspace(dashboard);
  endpoint = await seedEndpoint(dashboard, workspace.id, { name: "Billing" });
  await seedNow(dashboard, endpoint.id);
  await seedHeartbeats(dashboard);
});
afterAll(() => dashboard.close());

const home = () => `${workspace.base}/endpoints/${endpoint.slug}`;

/** The next events of a stream; the reader leaves when it has `count`, or the stream ends. */
async function events(answer: Response, count: number, whenOpen: () => Promise<unknown> = async () => {}) {
  const found: { event: string; data: string }[] = [];
  let text = "";
  await whenOpen();
  for await (const chunk of answer.body ?? []) {
    text += new TextDecoder().decode(chunk);
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    for (const part of parts) {
      const event = /^event: (.*)$/m.exec(part)?.[1];
      if (event !== undefined) {
        found.push({ event, data: [...part.matchAll(/^data: (.*)$/gm)].map(([, line]) => line).join("\n") });
      }
    }
    if (found.length >= count) {
      break;
    }
  }
  return found;
}
const digestIn = (page: string) => /data-live="([^"]+)"/.exec(page)?.[1] ?? "";

describe("an open page", () => {
  test.each(["overview", "endpoint"])(
    "the %s hears of a change at once, and of nothing before",
    async (which) => {
      const path = which === "overview" ? `${workspace.base}/` : home();
      const page = await (await askAs(dashboard, workspace.ownerId, path)).text();
      const answer = await askAs(dashboard, workspace.ownerId, digestIn(page));
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toContain("text/event-stream");
      expect(answer.headers.get("cache-control")).toContain("no-transform");
      const [first] = await events(answer, 1, () => {
        dashboard.clock.atMs += 5_000;
        return dashboard.store.redis.hset(nowKey(endpoint.id), {
          [RAW_FIELDS.state]: "down",
          [RAW_FIELDS.reason]: "timeout",
          [COMMITTED_FIELDS.state]: which === "overview" ? "down" : "up",
        });
      });
      expect(first?.event).toBe("changed");
      const fresh = await (await askAs(dashboard, workspace.ownerId, path)).text();
      expect(digestIn(fresh)).toContain(first?.data);
    },
  );

  test("streams of one person are bounded; closing one makes room", async () => {
    const guest = await addWorkspace(dashboard);
    const open = () => askAs(dashboard, guest.ownerId, `${guest.base}/events?since=x`);
    const answers = await Promise.all(Array.from({ length: 12 }, open));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
    const refused = await open();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);
    await answers[0]?.body?.cancel();
    await expect.poll(async () => (await open()).status).toBe(200);
  });
});

test("signing out ends the streams of every open page with a word to the page", async () => {
  const streams = createStreams(dashboard.deps, dashboard.stopping.signal, 20);
  const app = new Hono().get("/", (c) => {
    const viewer = { userId: "u", name: "", email: "", sessionId: "session of u" };
    c.set("viewer" as never, viewer as never);
    return streams.open(c as never, async function* (signal) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
  });
  const answer = await app.request("/", { headers: { "x-test-user": "u" } });
  dashboard.signedOut.add("u");
  expect(await events(answer, 1)).toEqual([{ event: "signed-out", data: "" }]);
});

describe("a probe now", () => {
  test("goes from the button to its steps, live and by reload, to the result of every region", async () => {
    const connection = openQueueConnection(dashboard.store.url, { name: "prober", onError: () => {} });
    const gate = Promise.withResolvers<void>();
    const workers = dashboard.deps.regions.map(({ id }) =>
      openQueueWorker(
        connection,
        probeQueueName(id),
        async (job) => {
          await job.updateProgress({ steps: FINDING.steps.slice(0, 2) });
          await gate.promise;
          const startedAtMs = dashboard.clock.atMs;
          const finding = { ...FINDING, startedAtMs, observedAtMs: startedAtMs + 300 };
          await dashboard.store.redis.hset(nowKey(endpoint.id), regionFields(id, finding));
          return null;
        },
        { concurrency: 2 },
      ),
    );
    try {
      const asked = await postAs(dashboard, workspace.ownerId, `${home()}/probe`);
      expect(asked.status).toBe(303);
      const path = asked.headers.get("location") ?? "";
      const page = async () => (await askAs(dashboard, workspace.ownerId, path)).text();
      await expect.poll(page).toContain("Steps so far");
      expect(await page()).toContain('<noscript><meta http-equiv="refresh"');
      const stream = await askAs(dashboard, workspace.ownerId, `${path}/events`);
      const told = await events(stream, 99, async () => gate.resolve());
      expect(told.at(-1)?.event).toBe("result");
      expect(told.at(-1)?.data).toContain("All regions have answered.");
      const over = await page();
      expect(over).toContain("203.0.113.77:443");
      expect(over).not.toContain("http-equiv");
    } finally {
      gate.resolve();
      await Promise.all(workers.map((worker) => worker.close(true)));
      connection.disconnect();
    }
  });
});

/** `/check` from the form to the result, over real Redis and a BullMQ worker that answers as the prober's does. */
import {
  checkQueueName,
  OPT_OUTS_KEY,
  PIPELINE_VERSION,
  type ProbeJob,
  probeJobSchema,
  regionKey,
} from "@alivemcp/core/pipeline";
import { callerBudget } from "@alivemcp/core/start-budget";
import { openQueueConnection, openQueueWorker, type Worker } from "@alivemcp/runtime/queues";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FINDING } from "../../../../services/runtime/test/live-state.ts";
import { openTestStatus, REGIONS, seedHeartbeats, type TestStatus } from "../../test/open-test-status.ts";

let status: TestStatus;
const closers: (() => Promise<unknown> | unknown)[] = [];
const jobs: ProbeJob[] = [];
/** Steps are told one by one; the test says when the next may come. */
let gate = Promise.withResolvers<void>();

beforeAll(async () => {
  status = await openTestStatus({ TRUSTED_PROXY_HOPS: "1" });
  await seedHeartbeats(status);
});
beforeEach(() => {
  gate = Promise.withResolvers<void>();
  jobs.length = 0;
});
afterAll(async () => {
  gate.resolve();
  for (const close of closers) {
    await close();
  }
  await status.close();
});

/** A prober of both regions: tells one step, waits for the gate, answers with a region result. */
function startProber(): void {
  const connection = openQueueConnection(status.store.url, { name: "prober", onError: () => {} });
  const workers = REGIONS.map(
    ({ id }): Worker =>
      openQueueWorker(
        connection,
        checkQueueName(id),
        async (job) => {
          const data = probeJobSchema.parse(job.data);
          jobs.push(data);
          await job.updateProgress({ steps: FINDING.steps.slice(0, 2) });
          await gate.promise;
          return {
            v: PIPELINE_VERSION,
            traceparent: data.traceparent,
            jobId: job.id,
            job: data,
            finding: FINDING,
          };
        },
        { concurrency: 5 },
      ),
  );
  closers.push(async () => {
    await Promise.all(workers.map((worker) => worker.close(true)));
    connection.disconnect();
  });
}

let callers = 0;
async function submit(url: string, options: { caller?: string; transport?: string } = {}) {
  callers += 1;
  return status.app.request("/check", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-forwarded-for": `${options.caller ?? `198.51.100.${callers}`}`,
    },
    body: new URLSearchParams({ url, transport: options.transport ?? "auto" }).toString(),
  });
}
const target = (path = "/mcp") => `http://127.0.77.10:8443${path}`;

describe("what is refused, with its field and reason, leaves nothing behind", () => {
  test.each([
    ["no URL", "", "Give the URL"],
    ["a stdio command", "npx -y @acme/server", "stdio command"],
    ["another scheme", "ftp://example.com/", "Only http and https"],
    ["credentials in the URL", "https://user:pass@example.com/", "Remove it"],
    ["a private address", "http://10.0.0.1/mcp", "private or reserved"],
    ["this machine", "http://127.0.0.1:4400/", "private or reserved"],
    ["a URL too long", `https://example.com/${"x".repeat(2_048)}`, "at most 2048 characters"],
  ])("%s", async (_name, url, sentence) => {
    const answer = await submit(url);
    const html = await answer.text();
    expect(answer.status).toBe(400);
    expect(html).toContain(sentence);
    expect(html).toContain('aria-invalid="true" aria-describedby="check-problem"');
  });

  test.each([
    ["host:127.0.77.120", "http://127.0.77.120:8443/any"],
    ["domain:127.0.77.121", "http://127.0.77.121:8443/mcp"],
    ["url:http://127.0.77.122:8443/mcp", "http://127.0.77.122:8443/mcp/#part"],
  ])("what %s opted out", async (member, url) => {
    await status.store.redis.sadd(OPT_OUTS_KEY, member);
    const answer = await submit(url);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("asked us not to probe it");
  });

  test("a transport that is none of the three", async () => {
    expect((await submit(target(), { transport: "stdio" })).status).toBe(400);
  });

  test("nothing was queued by any of them", async () => {
    for (const queue of status.deps.checkQueues.values()) {
      expect(await queue.getJobCountByTypes("wait", "active", "completed")).toBe(0);
    }
  });
});

test("a check is queued as a full probe that calls no tool and reports to nobody", async () => {
  const answer = await submit(target("/queued"), { transport: "sse" });
  expect(answer.status).toBe(303);
  const [, , region = "", checkId = ""] = (answer.headers.get("location") ?? "").split("/");
  const job = await status.deps.checkQueues.get(region)?.getJob(`check-${checkId}`);
  expect(probeJobSchema.parse(job?.data)).toMatchObject({
    kind: "check",
    endpointId: checkId,
    region,
    regionsAsked: [region],
    url: target("/queued"),
    transport: "sse",
    health: { kind: "never" },
    remembered: null,
    credentialTicket: null,
    capKey: "domain:127.0.77.10",
  });
  expect(job?.opts.removeOnComplete).toMatchObject({ age: 3_600 });
  const page = await status.app.request(answer.headers.get("location") ?? "");
  const html = await page.text();
  expect(html).toContain("Waiting for a prober");
  expect(html).toContain('<noscript><meta http-equiv="refresh"');
  expect(page.headers.get("cache-control")).toBe("no-store");
  await job?.remove();
});

test("steps arrive live, then the result, with what it means and the command that repeats it", async () => {
  startProber();
  const { headers } = await submit(target("/live"));
  const path = headers.get("location") ?? "";
  const stream = await status.app.request(`${path}/events`);
  expect(stream.headers.get("content-type")).toBe("text/event-stream");
  expect(stream.headers.get("cache-control")).toContain("no-transform");
  expect(stream.headers.get("x-accel-buffering")).toBe("no");
  let heard = "";
  for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    heard += chunk;
    if (heard.includes("Resolve name")) {
      gate.resolve();
    }
  }
  expect(heard).toMatch(
    /event: progress[\s\S]*Running…[\s\S]*event: result[\s\S]*A client can use this endpoint/,
  );
  expect(heard).not.toContain("203.0.113");
  const page = await (await status.app.request(path)).text();
  expect(page).toContain("it lists 4 tools");
  expect(page).toContain("npx alivemcp check http://127.0.77.10:8443/live --allow-private");
  expect(page).not.toContain("http-equiv");
});

test("a page of a check can be passed on: it shows no value of the URL's query", async () => {
  gate.resolve();
  const { headers } = await submit(`${target()}?api_key=SENTINEL`);
  const path = headers.get("location") ?? "";
  await expect
    .poll(async () => (await status.app.request(path)).text(), { timeout: 10_000 })
    .toContain("npx alivemcp check &quot;$URL&quot;");
  expect(await (await status.app.request(path)).text()).not.toContain("SENTINEL");
});

test("404: an id nobody has, and a region nobody has", async () => {
  for (const path of [
    "/check/us-east/00000000-0000-4000-8000-000000000000",
    "/check/us-east/not-an-id",
    "/check/nowhere/00000000-0000-4000-8000-000000000000/events",
  ]) {
    expect((await status.app.request(path)).status).toBe(404);
  }
});

test("a caller may start ten checks a minute, and a host may be checked ten times a minute", async () => {
  gate.resolve();
  const statuses = async (times: number, request: (n: number) => ReturnType<typeof submit>) => {
    const seen: number[] = [];
    for (let n = 0; n < times; n += 1) {
      seen.push((await request(n)).status);
    }
    return seen;
  };
  const ten = Array<number>(10).fill(303);
  // An IPv6 caller owns a whole /64: other addresses in it are the same caller.
  expect(
    await statuses(11, (n) => submit(`http://127.0.77.${20 + n}:8443/`, { caller: `2001:db8:0:7::${n}` })),
  ).toEqual([...ten, 429]);
  expect(await statuses(11, () => submit("http://127.0.77.40:8443/"))).toEqual([...ten, 429]);
  const refused = await submit("http://127.0.77.40:8443/other");
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(await refused.text()).toContain("This host has been checked ten times");
});

test("only the address that the trusted proxy saw counts, not what a caller claims", async () => {
  gate.resolve();
  await submit("http://127.0.77.60:8443/", { caller: "203.0.113.1, 192.0.2.77" });
  const { key } = callerBudget("192.0.2.77", status.clock.atMs);
  expect(await status.store.redis.get(key)).toBe("1");
});

test("503 with a sentence when no region has a worker that passed its self-check", async () => {
  for (const { id } of REGIONS) {
    await status.store.redis.del(regionKey(id));
  }
  const answer = await submit("http://127.0.77.80:8443/");
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain("No region can run a check right now");
  await seedHeartbeats(status);
});

test("a check that nobody took for a minute and a half is called ours, not the endpoint's", async () => {
  for (const queue of status.deps.checkQueues.values()) {
    await queue.pause();
  }
  const { headers } = await submit("http://127.0.77.90:8443/");
  const path = headers.get("location") ?? "";
  const show = async () => (await status.app.request(path)).text();
  expect(await show()).toContain("Waiting for a prober");
  status.clock.atMs += 6_000;
  expect(await show()).toContain("Still waiting");
  status.clock.atMs += 85_000;
  expect(await show()).toContain("the fault is ours");
});

/** The whole process, children and all, on a real Redis: where a credential may be found afterwards. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkQueueName, nowKey, type ProbeJob, probeQueueName } from "@alivemcp/core/pipeline";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { afterAll, beforeAll, expect, test } from "vitest";
import { legacyEndpoint } from "../../probe/test/servers/endpoints.ts";
import { openStub, type Stub } from "../../probe/test/servers/stub.ts";
import { openTestRedis, type TestRedis } from "../../runtime/test/redis.ts";
import { dumpRedis } from "../test/dump-redis.ts";
import { eventually } from "../test/eventually.ts";
import { echoing, openGuarded } from "../test/guarded-endpoint.ts";
import { type InternalPort, openInternalPort, REGION_TOKENS, ticketFor } from "../test/internal-port.ts";
import { probeJob } from "../test/probe-job.ts";

const TOKEN = "Pl4inText/of+the=credential";
const NEWER = "Pl4inText-newer-of-the-credential";
/** As it may be written: plain, for URLs, and both kinds of base64, from its first character on. */
const FORMS = [TOKEN, NEWER].flatMap((secret) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").slice(0, 24),
  Buffer.from(`Bearer ${secret}`).toString("base64url").slice(12, 36),
]);

let testRedis: TestRedis;
let folder: string;
let canary: Stub;
let port: InternalPort;
beforeAll(async () => {
  testRedis = await openTestRedis();
  folder = await mkdtemp(join(tmpdir(), "secrecy-"));
  canary = await openStub(legacyEndpoint());
  port = await openInternalPort();
  const regions = [{ id: "us-east", city: "Ashburn", canaryUrls: [canary.url] }];
  await writeFile(join(folder, "regions.json"), JSON.stringify(regions));
});
afterAll(async () => {
  await Promise.all([canary.close(), port.close(), testRedis.close()]);
  await rm(folder, { recursive: true });
});

function startMain() {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./main.ts", import.meta.url))], {
    env: {
      LOG_LEVEL: "trace",
      REDIS_URL: testRedis.url,
      METRICS_PORT: "0",
      PROBE_REGIONS: "us-east",
      REGIONS_FILE: join(folder, "regions.json"),
      PROBE_ALLOW_CIDRS: "127.0.0.0/8",
      PUBLIC_URL: "http://status.test",
      INTERNAL_URL: port.url,
      REGION_TOKENS: [...REGION_TOKENS].map((pair) => pair.join("=")).join(","),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output };
}

test("after probes of an endpoint that repeats all it hears, the plaintext is in no log and nowhere in Redis", async () => {
  const endpoint = await openGuarded((token) => token === TOKEN || token === NEWER, echoing);
  const moody = await openGuarded(
    (token, { rpc }) => token === NEWER || (token === TOKEN && rpc !== "tools/list"),
    echoing,
  );
  const crashed = new Set<string>();
  const deadly = await openGuarded(
    (token) => token === TOKEN,
    (asked, response) => {
      if (asked.rpc === "tools/list" && crashed.size === 0) {
        crashed.add(asked.path);
        void killCredentialChild(main.child.pid ?? 0);
        return;
      }
      echoing(asked, response);
    },
  );
  const refusing = await openGuarded(
    () => true,
    (asked, response) => void response.writeHead(401).end(`no: ${asked.headers.authorization}`),
  );
  const main = startMain();
  const connection = openQueueConnection(testRedis.url, { name: "test", onError: () => {} });
  const queues = [probeQueueName("us-east"), checkQueueName("us-east")].map((address) =>
    openQueue(connection, address),
  );
  const endpointIds: string[] = [];
  const add = async (over: Partial<ProbeJob>) => {
    const job = probeJob("/", over);
    const jobId = randomUUID();
    port.vault.set(job.endpointId, { token: TOKEN, newerToken: NEWER });
    endpointIds.push(job.endpointId);
    const data = { ...job, credentialTicket: ticketFor(job, jobId) };
    await queues[job.kind === "check" ? 1 : 0]?.add(job.kind, data, { jobId });
    return { job, jobId };
  };
  const state = async ({ job }: { job: ProbeJob }, wanted: string) =>
    eventually(
      () => testRedis.redis.hget(nowKey(job.endpointId), "raw_state"),
      (raw) => raw === wanted,
      30_000,
    );

  await state(await add({ url: endpoint.url }), "up");
  await state(await add({ url: moody.url, capKey: "tenant:other" }), "up");
  await state(await add({ url: refusing.url }), "auth_walled");
  await state(await add({ url: deadly.url }), "up");
  const { jobId } = await add({ url: endpoint.url, kind: "check" });
  const check = await eventually(
    async () => await queues[1]?.getJob(jobId),
    (job) => job?.returnvalue !== undefined && job.returnvalue !== null,
    30_000,
  );
  expect(JSON.stringify(check?.progress)).toContain("unauthenticated");

  main.child.kill("SIGTERM");
  expect(await once(main.child, "exit")).toEqual([0, null]);
  expect(crashed.size).toBe(1);
  const heard = [endpoint, moody, refusing].every(({ asked }) =>
    asked.some(({ headers }) => FORMS.some((form) => headers.authorization?.includes(form))),
  );
  expect(heard).toBe(true);
  const held = { log: main.output(), redis: await dumpRedis(testRedis.redis, endpointIds) };
  // The dump is one: it holds what the endpoint said, blanked.
  expect(held.redis).toContain("[redacted]");
  expect(held.log).toContain("probe child died");
  for (const form of FORMS) {
    expect(held.log).not.toContain(form);
    expect(held.redis).not.toContain(form);
  }
  await Promise.all([endpoint, moody, deadly, refusing, ...queues].map((each) => each.close()));
  await connection.quit();
});

/** Ends the credential child of this worker as the kernel would, in the middle of its probe. */
async function killCredentialChild(workerPid: number): Promise<void> {
  const children = await readFile(`/proc/${workerPid}/task/${workerPid}/children`, "utf8");
  for (const pid of children.trim().split(" ")) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8");
    if (command.includes("credential-child.ts")) {
      process.kill(Number(pid), "SIGKILL");
    }
  }
}

/**
 * How much one tenant's hanging endpoints delay another tenant: the worker as it runs in production, real sockets, the
 * same jobs first without and then with the hanging tenant.
 */
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProbeJob, probeQueueName } from "@alivemcp/core/pipeline";
import { openQueue, openQueueConnection } from "@alivemcp/runtime/queues";
import { legacyEndpoint } from "../../probe/test/servers/endpoints.ts";
import { openStub } from "../../probe/test/servers/stub.ts";
import type { MeasuredStart } from "./measured-worker.ts";
import { probeJob } from "./probe-job.ts";

export interface FairnessInput {
  readonly redisUrl: string;
  readonly regions: readonly string[];
  readonly hangingEndpoints: number;
  readonly fineEndpoints: number;
  readonly cadenceMs: number;
  /** Each of the two measurements. */
  readonly measureMs: number;
  /** Between the first hanging probe and the second measurement: until as many hang as will. */
  readonly warmUpMs: number;
}

export interface Fairness {
  readonly aloneMsP95: number;
  readonly besideHangingMsP95: number;
  readonly probesAlone: number;
  readonly probesBesideHanging: number;
  /** Connections the hanging endpoints held when the second measurement ended. */
  readonly hangingConnections: number;
}

/** Needs a Redis nobody else uses; leaves no process, folder or key of its own design behind. Bounded by its inputs. */
export async function measureFairness(input: FairnessInput): Promise<Fairness> {
  const folder = await mkdtemp(join(tmpdir(), "fairness-"));
  const fine = await openStub(legacyEndpoint());
  const hanging = await openHangingServer();
  const worker = await forkMeasuredWorker(input, folder, fine.url);
  const connection = openQueueConnection(input.redisUrl, { name: "fairness", onError: () => {} });
  const queues = input.regions.map((region) => ({
    region,
    queue: openQueue(connection, probeQueueName(region)),
  }));
  const add = async (jobs: readonly Partial<ProbeJob>[]) => {
    const nowMs = Date.now();
    for (const { region, queue } of queues) {
      const data = jobs.map((job) => probeJob("/", { ...job, region, slotAtMs: nowMs, notBeforeMs: nowMs }));
      await queue.addBulk(
        data.map((job) => ({ name: job.kind, data: job, opts: { jobId: `${job.endpointId}-${nowMs}` } })),
      );
    }
  };
  const fineOnes = endpoints(input.fineEndpoints, "tenant:fine", { url: fine.url });
  const hangingOnes = endpoints(input.hangingEndpoints, "tenant:hanging", { url: hanging.url });
  try {
    const alone = await collect(worker, fineOnes, () =>
      schedule(fineOnes, input.cadenceMs, input.measureMs, add),
    );
    // Random ids in order: the two tenants' endpoints evenly mixed.
    const both = [...fineOnes, ...hangingOnes].toSorted((a, b) => (a.endpointId < b.endpointId ? -1 : 1));
    await schedule(both, input.cadenceMs, input.warmUpMs, add);
    const beside = await collect(worker, fineOnes, () =>
      schedule(both, input.cadenceMs, input.measureMs, add),
    );
    return {
      aloneMsP95: percentile95(alone),
      besideHangingMsP95: percentile95(beside),
      probesAlone: alone.length,
      probesBesideHanging: beside.length,
      hangingConnections: hanging.connections(),
    };
  } finally {
    worker.kill("SIGKILL");
    hanging.close();
    await fine.close();
    await Promise.all(queues.map(({ queue }) => queue.close()));
    await connection.quit();
    await rm(folder, { recursive: true });
  }
}

type Endpoint = Pick<ProbeJob, "endpointId" | "capKey" | "url">;

function endpoints(count: number, capKey: string, { url }: { url: string }): readonly Endpoint[] {
  return Array.from({ length: count }, () => ({ endpointId: randomUUID(), capKey, url }));
}

const TICK_MS = 250;

/** Every endpoint once per cadence, evenly spread, as the scheduler's phases do. */
async function schedule(
  all: readonly Endpoint[],
  cadenceMs: number,
  forMs: number,
  add: (jobs: readonly Endpoint[]) => Promise<void>,
): Promise<void> {
  const startedMs = performance.now();
  let added = 0;
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs = performance.now() - startedMs) {
    const dueTotal = Math.floor(((elapsedMs + TICK_MS) * all.length) / cadenceMs);
    const due = Array.from({ length: dueTotal - added }, (_, n) => all[(added + n) % all.length] as Endpoint);
    added = dueTotal;
    await add(due);
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

/** Lateness of these endpoints' probes reported while `during` runs. */
async function collect(worker: ChildProcess, of: readonly Endpoint[], during: () => Promise<void>) {
  const ids = new Set(of.map((endpoint) => endpoint.endpointId));
  const latenesses: number[] = [];
  const onMessage = (start: unknown) => {
    const { endpointId, latenessMs } = start as MeasuredStart;
    if (ids.has(endpointId)) {
      latenesses.push(latenessMs);
    }
  };
  worker.on("message", onMessage);
  await during();
  worker.off("message", onMessage);
  return latenesses;
}

function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

async function openHangingServer() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Read, so that a prober that hangs up is noticed.
    socket.resume();
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/mcp`,
    connections: () => sockets.size,
    close() {
      server.close();
      for (const socket of sockets) {
        socket.destroy();
      }
    },
  };
}

async function forkMeasuredWorker(input: FairnessInput, folder: string, canaryUrl: string) {
  const regionsFile = join(folder, "regions.json");
  const specs = input.regions.map((id) => ({ id, city: id, canaryUrls: [canaryUrl] }));
  await writeFile(regionsFile, JSON.stringify(specs));
  const worker = fork(new URL("./measured-worker.ts", import.meta.url), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      REDIS_URL: input.redisUrl,
      METRICS_PORT: "0",
      LOG_LEVEL: "fatal",
      PROBE_REGIONS: input.regions.join(","),
      REGIONS_FILE: regionsFile,
      PROBE_ALLOW_CIDRS: "127.0.0.0/8",
      PUBLIC_URL: "http://status.test",
    },
  });
  await once(worker, "message");
  return worker;
}

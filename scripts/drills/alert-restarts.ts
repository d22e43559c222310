/** Outages on a whole copy while its alert router is killed again and again and both stores are restarted. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { readSinkPublicKey } from "@alivemcp/runtime/sink-keys";
import { openWebhookReceiver } from "../../services/sinks/test/receivers/webhook-receiver.ts";
import { addDrillSinks, addDrillTenant, askV1 } from "./drill-tenant.ts";
import { type RunningCopy, startCopy } from "./running-copy.ts";
import { openSwitchableEndpoints } from "./switchable-endpoints.ts";

export interface Restarts {
  readonly lost: number;
  readonly visibleDuplicates: number;
  readonly restarts: readonly string[];
}

const ENDPOINTS = 3;
const TOLD_WITHIN_MS = 300_000;
/** Between two deaths: less than it takes to confirm an outage, so that each step of it sees some. */
const PAUSE_MS = 9_000;

export async function runRestarts(say: (line: string) => void): Promise<Restarts> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const receiver = await openWebhookReceiver({ secret });
  const farm = await openSwitchableEndpoints(ENDPOINTS);
  const copy = await startCopy({ hasDemo: true, env: { PROBE_ALLOW_CIDRS: "127.0.0.0/8" } });
  const restarts: string[] = [];
  try {
    const tenant = await addDrillTenant(copy, ["read", "endpoints:write"]);
    await addDrillSinks(copy, tenant, {
      key: readSinkPublicKey(join(copy.folder, "sink-keys.json")),
      sinks: [{ kind: "webhook", settings: { url: `${receiver.url}/hook`, secret } }],
    });
    for (const [n, { url }] of farm.endpoints.entries()) {
      await askV1(copy, tenant.apiKey, {
        method: "POST",
        path: "/endpoints",
        body: { url, name: `Drill ${n}` },
      });
    }
    const states = async () => {
      const { items } = await askV1(copy, tenant.apiKey, { method: "GET", path: "/endpoints" });
      return (items as { state: string }[]).map(({ state }) => state);
    };
    await until("all are up", async () => (await states()).every((state) => state === "live"));
    const isToldOfAll = (type: string) => () =>
      new Set(receiver.events.filter((event) => event.type === type).map(({ data }) => data.dedup_key))
        .size === ENDPOINTS;

    for (const [type, change] of [
      ["incident.opened", (n: number) => farm.endpoints[n]?.fail(n === 1 ? "hang" : "refuse")],
      ["incident.resolved", (n: number) => farm.endpoints[n]?.repair()],
    ] as const) {
      await Promise.all(farm.endpoints.map((_, n) => change(n)));
      for (const target of targetsOf(copy)) {
        await wait(PAUSE_MS);
        say(`${target.signal} to ${target.name}`);
        await restart(copy, target);
        restarts.push(target.name);
      }
      await until(`${type} of all`, async () => isToldOfAll(type)()).catch((err: unknown) =>
        say(String(err)),
      );
    }
    await wait(20_000);
    return { ...judge(receiver.events), restarts };
  } finally {
    await copy.stop();
    await farm.close();
    await receiver.close();
  }
}

interface Target {
  readonly name: string;
  readonly command: string;
  readonly signal: NodeJS.Signals;
}

function targetsOf(copy: RunningCopy): readonly Target[] {
  const router: Target = {
    name: "alert-router",
    command: "services/alert-router/src/main.ts",
    signal: "SIGKILL",
  };
  return [
    router,
    { name: "redis", command: `:${copy.portBase + 6}`, signal: "SIGTERM" },
    router,
    { name: "postgres", command: `port=${copy.portBase + 5}`, signal: "SIGINT" },
    router,
  ];
}

async function restart(copy: RunningCopy, { name, command, signal }: Target): Promise<void> {
  const pid = copy.findPid(command);
  if (pid === null) {
    throw new Error(`${name} is not running`);
  }
  process.kill(pid, signal);
  await until(`${name} runs again`, async () => ![null, pid].includes(copy.findPid(command)));
}

function judge(events: Awaited<ReturnType<typeof openWebhookReceiver>>["events"]) {
  const told = events.filter(({ type }) => type === "incident.opened" || type === "incident.resolved");
  const same = Map.groupBy(told, ({ type, data }) => `${type} ${String(data.dedup_key)}`);
  const keys = [...same.values()].map((repeats) => new Set(repeats.map(({ id }) => id)).size);
  return {
    lost: Math.max(0, 2 * ENDPOINTS - same.size),
    visibleDuplicates: keys.reduce((sum, count) => sum + count - 1, 0),
  };
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TOLD_WITHIN_MS;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > deadline) {
      throw new Error(`not within ${TOLD_WITHIN_MS / 1_000} s: ${what}`);
    }
    await wait(500);
  }
}

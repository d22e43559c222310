/**
 * Lives of one outage, from the first failing probe to the message that says it is over, each with a death of the alert
 * router at one touch of Postgres, Redis, a queue or the receiver; another process goes on. Real stores, a receiver that
 * verifies signatures, time that is moved.
 */
import { randomUUID } from "node:crypto";
import { createMetrics } from "@alivemcp/runtime/metrics";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import { addTestTenant } from "../../db/test/tenant.ts";
import type { DeliverDeps } from "../../services/alert-router/src/deliver/deliver-deps.ts";
import { createDeliverMetrics } from "../../services/alert-router/src/deliver/deliver-metrics.ts";
import { deliverOne, LEASE_MS } from "../../services/alert-router/src/deliver/deliver-one.ts";
import { createReceiverGates } from "../../services/alert-router/src/deliver/receiver-gates.ts";
import { sweepDue, sweepOverdue } from "../../services/alert-router/src/deliver/sweep-deliveries.ts";
import type { RouteDeps } from "../../services/alert-router/src/route-batch.ts";
import { Crashed, crashAt } from "../../services/alert-router/test/crash-at.ts";
import { Died, dyingDelivery } from "../../services/alert-router/test/dying-delivery.ts";
import {
  openRouterWorld,
  REGIONS,
  type RouterWorld,
} from "../../services/alert-router/test/open-router-world.ts";
import { openWebhookReceiver } from "../../services/sinks/test/receivers/webhook-receiver.ts";
import { testSinkDeps } from "../../services/sinks/test/sink-deps.ts";

export const STEPS = [
  "outage: first failing probe",
  "outage: look 1 answered",
  "outage: look 2 asked",
  "outage: look 2 answered",
  "outage: page sent",
  "recovery: first good probe",
  "recovery: look 1 answered",
  "recovery: look 2 asked",
  "recovery: look 2 answered",
  "recovery: message sent",
] as const;
export type Step = (typeof STEPS)[number];

/** At which touch of which step the process dies, before it takes effect or after; touch null: it only counts. */
export interface LifeDeath {
  readonly step: Step;
  readonly touch: { readonly call: number; readonly isDone: boolean } | null;
}

export interface Life {
  /** Touches of the step that was counted, or died in. */
  readonly touches: number;
  /** Of the outage's opening and its end: those that no receiver got. */
  readonly lost: number;
  /** Messages of one event that came under more than one key: a person would see both. */
  readonly visibleDuplicates: number;
  /** Messages that came again under the key of the first: receivers know them. */
  readonly repeats: number;
}

const MINUTE_MS = 60_000;
/** One for all lives: nobody reads it, and default metrics watch the process for as long as it lives. */
const METRICS = createDeliverMetrics(createMetrics("drill"));
const everywhere = (state: "up" | "down") => Object.fromEntries(REGIONS.map((region) => [region, state]));

export interface LifeWorld {
  live(death: LifeDeath): Promise<Life>;
  close(): Promise<void>;
}

/** Needs TEST_DATABASE_URL and TEST_REDIS_URL, as integration tests do. */
export async function openLifeWorld(): Promise<LifeWorld> {
  const world = await openRouterWorld();
  const secret = makeWebhookSecret();
  const receiver = await openWebhookReceiver({ secret, isAgeIgnored: true });
  return {
    live: (death) => live(world, { receiver, secret }, death),
    async close() {
      await receiver.close();
      await world.close();
    },
  };
}

interface Place {
  readonly receiver: Awaited<ReturnType<typeof openWebhookReceiver>>;
  readonly secret: string;
}

async function live(world: RouterWorld, place: Place, death: LifeDeath): Promise<Life> {
  const tenant = await addTestTenant(world.database);
  await addSink(world, tenant.id, place);
  const endpointId = await world.addEndpoint({ tenantId: tenant.id });
  await world.emptyQueues();
  await world.slot(endpointId, everywhere("up"));
  await world.route(endpointId);
  const before = place.receiver.events.length;
  let touches = 0;

  const route = async (step: Step, work: (as: RouteDeps) => Promise<unknown>) => {
    if (death.step !== step) {
      await work(world.deps);
      return;
    }
    const dying = crashAt(world.deps, death.touch);
    await work(dying.deps).catch(passOver);
    touches = dying.touches();
    if (death.touch !== null) {
      await world.takeOver(endpointId);
      await world.route(endpointId);
      await world.sweep(endpointId);
    }
  };
  const send = async (step: Step) => {
    if (death.step === step) {
      const dying = dyingDelivery(deliverDepsOf(world), death.touch);
      for (const { id } of (await world.deliveries(tenant.id)).filter(({ state }) => state === "pending")) {
        await deliverOne(dying.deps, id).catch(passOver);
      }
      touches = dying.touches();
      world.moveTo(world.nowMs() + LEASE_MS);
    }
    await deliverAll(world);
  };

  for (const [phase, state] of [
    ["outage", "down"],
    ["recovery", "up"],
  ] as const) {
    world.moveTo(world.nowMs() + MINUTE_MS);
    await world.beatAll();
    const sinceMs = world.nowMs();
    const first = phase === "outage" ? "outage: first failing probe" : "recovery: first good probe";
    await world.slot(endpointId, { "us-east": state });
    await route(first, (as) => world.route(endpointId, as));
    await world.answerLooks(endpointId, () => state);
    await route(`${phase}: look 1 answered`, (as) => world.route(endpointId, as));
    world.moveTo(sinceMs + 30_000);
    await route(`${phase}: look 2 asked`, (as) => world.sweep(endpointId, as));
    await world.answerLooks(endpointId, () => state);
    await route(`${phase}: look 2 answered`, (as) => world.route(endpointId, as));
    await send(phase === "outage" ? "outage: page sent" : "recovery: message sent");
  }
  return { touches, ...judge(place.receiver.events.slice(before)) };
}

function judge(events: Place["receiver"]["events"]): Omit<Life, "touches"> {
  const keysOf = Map.groupBy(events, ({ type }) => type);
  const wanted = ["incident.opened", "incident.resolved"];
  const distinct = [...keysOf.values()].map((same) => new Set(same.map(({ id }) => id)).size);
  return {
    lost: wanted.filter((type) => !keysOf.has(type)).length,
    visibleDuplicates: distinct.reduce((sum, keys) => sum + keys - 1, 0),
    repeats: events.length - distinct.reduce((sum, keys) => sum + keys, 0),
  };
}

/** As every process does each second; the queue is emptied first, as if Redis had lost it. */
async function deliverAll(world: RouterWorld): Promise<void> {
  const deps = deliverDepsOf(world);
  await deps.deliveryQueue.drain();
  for (let turn = 0; turn < 3; turn += 1) {
    await sweepOverdue(deps);
    await sweepDue(deps);
    for (const job of await deps.deliveryQueue.getJobs(["prioritized", "wait"])) {
      await job.remove();
      await deliverOne(deps, job.data.deliveryId);
    }
  }
}

function deliverDepsOf({ deps }: RouterWorld): DeliverDeps {
  return {
    ...deps,
    dice: () => 0.5,
    metrics: METRICS,
    queueConnection: deps.redis,
    sinkDeps: testSinkDeps({ nowMs: deps.clock.nowMs }),
    gates: createReceiverGates(),
    appUrl: "https://app.test",
  };
}

async function addSink(world: RouterWorld, tenantId: string, { receiver, secret }: Place): Promise<void> {
  const [key] = world.deps.sinkKeys;
  if (key === undefined) {
    throw new Error("the world has no sink key");
  }
  const sinkId = randomUUID();
  const settings = { url: `${receiver.url}/hook`, secret };
  const { sealed, sealingKeyId } = sealSettings(key, settings, { tenantId, sinkId, version: 1 });
  const pool = world.database.pool("super");
  await pool.query(
    `INSERT INTO sink (id, tenant_id, kind, name, state, shown, sealed, sealing_key_id)
     VALUES ($1, $2, 'webhook', 'Drill', 'verified', 'drill', $3, $4)`,
    [sinkId, tenantId, JSON.stringify(sealed), sealingKeyId],
  );
  await pool.query(
    `INSERT INTO alert_rule (tenant_id, name, position, severities, scope, sink_ids)
     VALUES ($1, 'Everything', 1, '{P1,P2}', '{"kind": "all"}', $2)`,
    [tenantId, [sinkId]],
  );
}

function passOver(err: unknown): void {
  if (!(err instanceof Crashed || err instanceof Died)) {
    throw err;
  }
}

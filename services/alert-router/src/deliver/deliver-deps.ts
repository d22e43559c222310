/** Everything that sending can touch, and no part of it is shared with deciding: a storm of messages holds up no decision. */
import type { DeliveryJob } from "@alivemcp/core/pipeline";
import type { Clock } from "@alivemcp/runtime/clock";
import type { Closers } from "@alivemcp/runtime/lifecycle";
import type { Logger } from "@alivemcp/runtime/logger";
import { openMailer } from "@alivemcp/runtime/mail";
import { openPool, type Pool } from "@alivemcp/runtime/postgres";
import type { Queue } from "@alivemcp/runtime/queues";
import type { Redis } from "@alivemcp/runtime/redis";
import type { SinkKey } from "@alivemcp/runtime/sink-keys";
import { openSinkDeps } from "@alivemcp/sinks/open-sink-deps";
import type { SinkDeps } from "@alivemcp/sinks/sink-client";
import type { Registry } from "prom-client";
import type { Config } from "../config.ts";
import { createDeliverMetrics, type DeliverMetrics } from "./deliver-metrics.ts";
import { createReceiverGates, type ReceiverGates } from "./receiver-gates.ts";

export interface DeliverDeps {
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly dice: () => number;
  readonly log: Logger;
  readonly metrics: DeliverMetrics;
  /** As the `system` role; its own, so that sending never waits for deciding. */
  readonly pool: Pool;
  /** For BullMQ: a command waits until Redis is back. */
  readonly queueConnection: Redis;
  readonly deliveryQueue: Queue<DeliveryJob>;
  readonly sinkDeps: SinkDeps;
  /** Open the settings of sinks, newest first. */
  readonly sinkKeys: readonly SinkKey[];
  readonly gates: ReceiverGates;
  /** Of the dashboard, without a slash at its end. */
  readonly appUrl: string;
}

const POOL_MAX = 8;

/** Opens what sending needs and registers how it is closed. */
export function openDeliverDeps(
  config: Config,
  given: {
    readonly clock: Clock;
    readonly closers: Closers;
    readonly log: Logger;
    readonly registry: Registry;
    readonly queueConnection: Redis;
    readonly deliveryQueue: Queue<DeliveryJob>;
  },
): DeliverDeps {
  const { clock, closers, log, queueConnection, deliveryQueue } = given;
  const pool = openPool(config.DATABASE_URL, {
    max: POOL_MAX,
    applicationName: "alert-router-deliver",
    onError: (err) => log.warn({ err }, "postgres connection"),
  });
  closers.add("postgres of deliveries", () => pool.end());
  const mailer = openMailer({ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, log });
  closers.add("mail", () => mailer.close());
  return {
    clock,
    dice: Math.random,
    log,
    metrics: createDeliverMetrics(given.registry),
    pool,
    queueConnection,
    deliveryQueue,
    sinkDeps: openSinkDeps({
      clock,
      sendMail: mailer.attempt,
      mailFrom: config.MAIL_FROM,
      apiUrl: config.API_URL,
      allowCidrs: config.PROBE_ALLOW_CIDRS,
      publicUrl: config.PUBLIC_URL,
      telegramBotToken: config.TELEGRAM_BOT_TOKEN ?? null,
      vendors: config.SINK_VENDOR_URLS,
    }),
    sinkKeys: config.SINK_KEY,
    gates: createReceiverGates(),
    appUrl: config.APP_URL,
  };
}

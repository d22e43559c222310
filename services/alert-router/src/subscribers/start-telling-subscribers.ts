import { everyTick, type PeriodicTask } from "@alivemcp/runtime/periodic";
import type { Deps } from "../deps.ts";
import { promiseSubscriberMessages } from "./promise-subscriber-messages.ts";
import { sendSubscriberMessages } from "./send-subscriber-messages.ts";
import type { SubscriberDeps } from "./subscriber-deps.ts";
import { tendSubscribers } from "./tend-subscribers.ts";

/** They are told calmly: nobody of them is on call. */
const TELL_EVERY_MS = 20_000;
const TEND_EVERY_MS = 10 * 60_000;

/** Starts telling subscribers of public pages. Several processes share the work; a message is in one hand at a time. */
export function startTellingSubscribers(deps: Deps): {
  /** For readiness. */
  readonly tasks: readonly PeriodicTask[];
  stop(): Promise<void>;
} {
  const { clock, log, places, deliver } = deps;
  const telling: SubscriberDeps = {
    pool: deliver.pool,
    clock,
    log,
    config: deps.config,
    sinks: deliver.sinkDeps,
    dice: deliver.dice,
    cityOf: (region) => places.cities.get(region) ?? region,
  };
  const task = (name: string, everyMs: number, run: () => Promise<unknown>) =>
    everyTick({
      name,
      everyMs,
      clock,
      run,
      onError: (err) => log.error({ err, task: name }, "telling subscribers failed, trying again"),
    });
  const tasks = [
    task("subscriber news", TELL_EVERY_MS, () => promiseSubscriberMessages(telling)),
    task("subscriber mails", TELL_EVERY_MS, () => sendSubscriberMessages(telling, "email")),
    task("subscriber webhooks", TELL_EVERY_MS, () => sendSubscriberMessages(telling, "webhook")),
    task("subscribers", TEND_EVERY_MS, () => tendSubscribers(telling)),
  ];
  return {
    tasks,
    async stop() {
      await Promise.all(tasks.map((one) => one.stop()));
    },
  };
}

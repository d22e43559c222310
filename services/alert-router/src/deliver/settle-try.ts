/** Writes what came of one try, all of it or nothing: the attempt, the message's next state, and what follows for its sink. */
import { decideRetry, type TriedOutcome } from "@alivemcp/core/decide-retry";
import { paceOf } from "@alivemcp/core/delivery-promise";
import { judgeSinkHealth, type SinkHealth } from "@alivemcp/core/judge-sink-health";
import type { DeliveryRefusal } from "@alivemcp/core/refuse-delivery";
import {
  type DeliverySettlement,
  type LeasedDelivery,
  lockSinkOfDelivery,
  type NewAttempt,
  noteAccepted,
  saveThread,
  settleDelivery,
} from "@alivemcp/db/queries/delivery-leases-system";
import { disableSink, noteSinkTry, verifySink } from "@alivemcp/db/queries/sinks-system";
import { inTransaction } from "@alivemcp/runtime/in-transaction";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { SendOutcome } from "@alivemcp/sinks/sink-client";
import type { DeliverDeps } from "./deliver-deps.ts";
import { escalatePage } from "./escalate-page.ts";
import { noticeSinkDisabled } from "./notice-sink-disabled.ts";
import type { Tried } from "./try-delivery.ts";

export type SettleDeps = Pick<DeliverDeps, "clock" | "dice" | "log" | "metrics" | "pool" | "appUrl">;

/** What stood in the way of a try, or what came of it. */
export type TryEnd = Tried | { readonly kind: "refused"; readonly refusal: DeliveryRefusal };

/** What was written. */
export type Settled =
  | { readonly kind: "settled"; readonly state: DeliverySettlement["state"]; readonly reason: string }
  /** Somebody else has the message by now: nothing was written, and it goes out again with the same key. */
  | { readonly kind: "lease-lost" };

/** Settles a leased message in one transaction. Throws what Postgres throws; the message is then tried again when its lease ends. */
export async function settleTry(
  deps: SettleDeps,
  input: { readonly delivery: LeasedDelivery; readonly by: string; readonly end: TryEnd },
): Promise<Settled> {
  const { delivery, by, end } = input;
  const atMs = deps.clock.nowMs();
  const { settlement, attempt, disablesSink } = endOf(delivery, end, atMs, deps.dice());
  const isSettled = await inTransaction(deps.pool, async (client) => {
    await lockSinkOfDelivery(client, delivery.id, "wait");
    if (!(await settleDelivery(client, { delivery, by, atMs, settlement, attempt }))) {
      return false;
    }
    if (end.kind === "tried") {
      await noteOutcome(deps, client, { delivery, outcome: end.outcome, atMs, disablesSink });
    }
    if (settlement.state === "failed" || settlement.reason === "sink_disabled") {
      await escalatePage(deps, client, { id: delivery.id, atMs });
    }
    return true;
  });
  if (!isSettled) {
    deps.metrics.leasesLost.inc();
    return { kind: "lease-lost" };
  }
  count(deps, delivery, end, settlement, atMs);
  return { kind: "settled", state: settlement.state, reason: settlement.reason };
}

interface End {
  readonly settlement: DeliverySettlement;
  readonly attempt: NewAttempt | null;
  readonly disablesSink: boolean;
}

function endOf(delivery: LeasedDelivery, end: TryEnd, atMs: number, dice: number): End {
  if (end.kind === "refused") {
    return { settlement: end.refusal, attempt: null, disablesSink: false };
  }
  const attempts = delivery.attempts + (end.kind === "tried" ? 1 : 0);
  const decision = decideRetry(
    triedOutcomeOf(end),
    { pace: paceOf(delivery.event, delivery.sink.kind), attempts, deadlineAtMs: delivery.deadlineAtMs },
    atMs,
    dice,
  );
  const settlement: DeliverySettlement =
    decision.kind === "retry"
      ? { state: "pending", reason: decision.reason, dueAtMs: decision.atMs }
      : { state: decision.kind === "sent" ? "sent" : "failed", reason: decision.reason };
  const retryAtMs = decision.kind === "retry" ? decision.atMs : null;
  return {
    settlement,
    attempt: end.kind === "tried" ? attemptOf(end, attempts, retryAtMs) : null,
    disablesSink: decision.kind === "fail" && decision.disablesSink,
  };
}

function triedOutcomeOf(end: Tried): TriedOutcome {
  return end.kind === "held" ? end : end.outcome;
}

function attemptOf(
  { outcome, atMs, durationMs }: Extract<Tried, { kind: "tried" }>,
  n: number,
  retryAtMs: number | null,
): NewAttempt {
  return {
    n,
    atMs,
    outcome: outcome.kind,
    reason: outcome.kind === "sent" ? null : outcome.reason,
    status: outcome.answer.status,
    answer: outcome.answer.text,
    durationMs,
    retryAtMs,
  };
}

interface Noted {
  readonly delivery: LeasedDelivery;
  readonly outcome: SendOutcome;
  readonly atMs: number;
  readonly disablesSink: boolean;
}

async function noteOutcome(deps: SettleDeps, client: PoolClient, noted: Noted): Promise<void> {
  const { delivery, outcome, atMs } = noted;
  const { sink, tenantId, dedupKey } = delivery;
  await noteSinkTry(client, { sinkId: sink.id, atMs, outcome: outcome.kind, answer: outcome.answer.text });
  if (outcome.kind === "sent") {
    await noteAccepted(client, { delivery, atMs });
    if (outcome.ref !== null) {
      await saveThread(client, { sinkId: sink.id, dedupKey, tenantId, ref: outcome.ref, atMs });
    }
    if (
      outcome.isProven === true &&
      (await verifySink(client, { sinkId: sink.id, version: sink.version, atMs }))
    ) {
      deps.log.info({ sinkId: sink.id, kind: sink.kind }, "a receiver proved its sink");
    }
    return;
  }
  const health = judgeHealth(noted);
  if (health.kind === "keep") {
    return;
  }
  const disabled = { sinkId: sink.id, version: sink.version, reason: health.reason, atMs };
  if (await disableSink(client, disabled)) {
    deps.metrics.sinksDisabled.inc({ kind: sink.kind, reason: health.reason });
    deps.log.info({ ...disabled, tenantId, kind: sink.kind }, "sink disabled");
    await noticeSinkDisabled(deps, client, { delivery, reason: health.reason, atMs });
  }
}

function judgeHealth({ delivery: { sink }, outcome, atMs, disablesSink }: Noted): SinkHealth {
  return judgeSinkHealth(
    {
      outcome: outcome.kind,
      isSinkDead: disablesSink,
      isRecheck: false,
      failuresInARow: sink.failuresInARow + 1,
      failingSinceMs: sink.failingSinceMs,
    },
    atMs,
  );
}

function count(
  { metrics }: SettleDeps,
  delivery: LeasedDelivery,
  end: TryEnd,
  settlement: DeliverySettlement,
  atMs: number,
): void {
  const { kind } = delivery.sink;
  if (end.kind === "held") {
    metrics.held.inc({ kind, by: end.by });
  } else if (end.kind === "tried") {
    const { outcome } = end;
    metrics.tries.inc({ kind, outcome: outcome.kind, reason: outcome.kind === "sent" ? "" : outcome.reason });
  }
  if (settlement.state !== "pending") {
    metrics.settled.inc({ kind, state: settlement.state, reason: settlement.reason });
  }
  if (settlement.state === "sent") {
    const severity = delivery.severity ?? "none";
    metrics.acceptedAfterSeconds.observe({ severity }, (atMs - delivery.createdAtMs) / 1_000);
  }
}

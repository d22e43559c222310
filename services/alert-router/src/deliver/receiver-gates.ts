/**
 * What keeps one process from asking a receiver too often, too many times at once, or while it is down: token buckets, a
 * bulkhead and breakers, per sink and per host. In memory: another process counts for itself, and the receiver's own 429
 * has the last word.
 */
import type { SinkKind } from "@alivemcp/core/sink-kind";
import {
  quietBucket,
  type SinkRate,
  sinkRates,
  type TokenBucket,
  takeTokens,
} from "@alivemcp/core/sink-rate";
import { askBreaker, type BreakerPolicy, type BreakerState, CLOSED, noteTry } from "./breaker.ts";

/** One sink as its limits see it. */
export interface Receiver {
  readonly sinkId: string;
  readonly kind: SinkKind;
  /** Who answers for it: a host, or the vendor. Many sinks share one. */
  readonly host: string;
  /** What several sinks share within its kind, such as a chat; null: it is its own place. */
  readonly place: string | null;
  readonly isTelegramGroup: boolean;
}

export type Entrance =
  | { readonly kind: "go"; leave(result: TryResult): void }
  | { readonly kind: "held"; readonly by: "breaker_open" | "rate_limit"; readonly untilMs: number };

interface TryResult {
  readonly nowMs: number;
  /** The receiver could not be reached or broke; a refusal is an answer. */
  readonly hasFailed: boolean;
  /** It asked for quiet. */
  readonly quietMs: number | null;
}

export interface ReceiverGates {
  /** Asks whether a try may go now; whoever goes must `leave`, whatever happens. */
  enter(receiver: Receiver, nowMs: number): Entrance;
  /** Hosts that are left alone just now. */
  countOpen(nowMs: number): number;
}

/** A host serves many sinks: it takes more to believe that it is down, and less time to look again. */
const HOST: BreakerPolicy = { failuresMax: 10, restMs: 15_000 };
const SINK: BreakerPolicy = { failuresMax: 3, restMs: 60_000 };
/** At once to one host: one that hangs keeps so many tries for 15 s and no more. */
const HOST_CONCURRENCY_MAX = 20;
const FULL_WAIT_MS = 1_000;
/** Receivers remembered; a forgotten one starts with a clean slate. */
const REMEMBERED_MAX = 10_000;

export function createReceiverGates(): ReceiverGates {
  const breakers = new Map<string, BreakerState>();
  const buckets = new Map<string, TokenBucket>();
  const inFlight = new Map<string, number>();

  const gatesOf = ({ host, sinkId }: Receiver): [string, BreakerPolicy][] => [
    [`host:${host}`, HOST],
    [`sink:${sinkId}`, SINK],
  ];

  return {
    enter(receiver, nowMs) {
      const gates = gatesOf(receiver);
      const asked = gates.map(
        ([key, policy]) => [key, askBreaker(breakers.get(key) ?? CLOSED, policy, nowMs)] as const,
      );
      const shutUntilMs = asked.map(([, answer]) => (answer.kind === "wait" ? answer.untilMs : 0));
      if (Math.max(...shutUntilMs) > 0) {
        return { kind: "held", by: "breaker_open", untilMs: Math.max(...shutUntilMs) };
      }
      const { host } = receiver;
      if ((inFlight.get(host) ?? 0) >= HOST_CONCURRENCY_MAX) {
        return { kind: "held", by: "rate_limit", untilMs: nowMs + FULL_WAIT_MS };
      }
      const rates = sinkRates(receiver.kind, receiver);
      const tokens = takeTokens(buckets, rates, nowMs);
      if (tokens.kind === "wait") {
        return { kind: "held", by: "rate_limit", untilMs: tokens.untilMs };
      }
      for (const [key, bucket] of tokens.next) {
        remember(buckets, key, bucket);
      }
      for (const [key, answer] of asked) {
        keepBreaker(key, answer.kind === "go" ? answer.next : CLOSED);
      }
      inFlight.set(host, (inFlight.get(host) ?? 0) + 1);
      return { kind: "go", leave: leaveOnce(receiver, rates) };
    },
    countOpen: (nowMs) =>
      [...breakers].filter(([key, { openUntilMs }]) => key.startsWith("host:") && openUntilMs > nowMs).length,
  };

  function keepBreaker(key: string, next: BreakerState): void {
    if (next === CLOSED) {
      breakers.delete(key);
    } else {
      remember(breakers, key, next);
    }
  }

  function leaveOnce(receiver: Receiver, rates: readonly SinkRate[]) {
    let hasLeft = false;
    return (result: TryResult) => {
      if (!hasLeft) {
        hasLeft = true;
        leave(receiver, rates, result);
      }
    };
  }

  function leave(
    receiver: Receiver,
    rates: readonly SinkRate[],
    { hasFailed, quietMs, nowMs }: TryResult,
  ): void {
    const { host } = receiver;
    const left = (inFlight.get(host) ?? 1) - 1;
    if (left > 0) {
      inFlight.set(host, left);
    } else {
      inFlight.delete(host);
    }
    for (const [key, policy] of gatesOf(receiver)) {
      keepBreaker(key, noteTry(breakers.get(key) ?? CLOSED, policy, hasFailed, nowMs));
    }
    const [own] = rates;
    if (quietMs !== null && own !== undefined) {
      remember(buckets, own.key, quietBucket(buckets.get(own.key) ?? null, nowMs, quietMs));
    }
  }
}

/** The longest unused goes when there are too many. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > REMEMBERED_MAX && oldest !== undefined) {
    map.delete(oldest);
  }
}

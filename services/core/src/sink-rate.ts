/** How often a sink is asked: token buckets, as decisions that whoever sends applies to whatever state it keeps. */
import type { SinkKind } from "./sink-kind.ts";

export interface RateLimit {
  /** One more may go every so many milliseconds … */
  readonly everyMs: number;
  /** … and so many at once after a rest. */
  readonly burst: number;
}

/** One bucket that a message takes from; `key` says who shares it. */
export interface SinkRate {
  readonly key: string;
  readonly limit: RateLimit;
}

const SECOND_MS = 1_000;
const perSecond = (count: number, burst = count): RateLimit => ({ everyMs: SECOND_MS / count, burst });
const perMinute = (count: number, burst: number): RateLimit => ({ everyMs: (60 * SECOND_MS) / count, burst });

/** Telegram counts per bot, and ours is one for all tenants: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const TELEGRAM_ALL = perSecond(30);
const TELEGRAM_CHAT = perSecond(1, 1);
const TELEGRAM_GROUP = perMinute(20, 5);

/**
 * Per sink, by the vendors' documentation of November 2026; where it names no figure, one of ours that no person minds.
 * Slack: 1/s per webhook, short bursts (docs.slack.dev, Rate limits). PagerDuty: about 120/min per integration key
 * (developer.pagerduty.com, Events API limits). Teams: 4/s (learn.microsoft.com, incoming webhooks). Discord: by the headers only,
 * the figure here just spreads (discord.com/developers, Rate limits). ntfy: 60, then one per 5 s per visitor
 * (docs.ntfy.sh/publish, Limitations). JSM: per account, by its headers.
 */
const SINK_LIMITS: Readonly<Record<SinkKind, RateLimit>> = {
  slack: perSecond(1, 3),
  pagerduty: perMinute(120, 10),
  email: perMinute(30, 10),
  webhook: perSecond(10, 20),
  jsm: perSecond(5),
  discord: perSecond(2, 5),
  teams: perSecond(4),
  telegram: TELEGRAM_CHAT,
  ntfy: { everyMs: 5 * SECOND_MS, burst: 60 },
};

/** What a sink's place is, as far as its limits go: the chat or host that several sinks may share. */
export interface SinkPlace {
  readonly sinkId: string;
  /** Telegram's chat, ntfy's host; null where the sink is its own place. */
  readonly place: string | null;
  readonly isTelegramGroup?: boolean;
}

/** All buckets that one message to a sink takes from; it goes when each of them has a token. */
export function sinkRates(
  kind: SinkKind,
  { sinkId, place, isTelegramGroup = false }: SinkPlace,
): readonly SinkRate[] {
  const own: SinkRate = { key: `${kind}:${place ?? sinkId}`, limit: SINK_LIMITS[kind] };
  if (kind !== "telegram") {
    return [own];
  }
  const all: SinkRate = { key: "telegram", limit: TELEGRAM_ALL };
  const group: SinkRate = { key: `telegram-group:${place ?? sinkId}`, limit: TELEGRAM_GROUP };
  return isTelegramGroup ? [all, own, group] : [all, own];
}

/** Kept as one instant (the generic cell rate algorithm), so that no fraction of a token is ever rounded away. */
export interface TokenBucket {
  /** When it holds its whole burst again. */
  readonly fullAtMs: number;
  /** The receiver itself asked for quiet until then (`Retry-After`, an exhausted `X-RateLimit-Remaining`). */
  readonly quietUntilMs: number;
}

export type TokenDecision =
  | { readonly kind: "taken"; readonly next: TokenBucket }
  | { readonly kind: "wait"; readonly untilMs: number };

/** Takes one token, or says when there is one. A bucket nobody knows is full; time that runs backwards adds nothing. */
export function takeToken(bucket: TokenBucket | null, limit: RateLimit, nowMs: number): TokenDecision {
  const { fullAtMs, quietUntilMs } = bucket ?? { fullAtMs: nowMs, quietUntilMs: 0 };
  const spentUntilMs = Math.max(fullAtMs, nowMs);
  const thereAtMs = Math.ceil(Math.max(spentUntilMs - (limit.burst - 1) * limit.everyMs, quietUntilMs));
  return nowMs >= thereAtMs
    ? { kind: "taken", next: { fullAtMs: spentUntilMs + limit.everyMs, quietUntilMs: 0 } }
    : { kind: "wait", untilMs: thereAtMs };
}

export type TokensDecision =
  | { readonly kind: "taken"; readonly next: ReadonlyMap<string, TokenBucket> }
  | { readonly kind: "wait"; readonly untilMs: number };

/** Takes one token from each bucket, or none from any: a message that waits for one does not eat the others. */
export function takeTokens(
  buckets: ReadonlyMap<string, TokenBucket>,
  rates: readonly SinkRate[],
  nowMs: number,
): TokensDecision {
  const decisions = rates.map(
    ({ key, limit }) => [key, takeToken(buckets.get(key) ?? null, limit, nowMs)] as const,
  );
  const waits = decisions.flatMap(([, decision]) => (decision.kind === "wait" ? [decision.untilMs] : []));
  if (waits.length > 0) {
    return { kind: "wait", untilMs: Math.max(...waits) };
  }
  return {
    kind: "taken",
    next: new Map(
      decisions.flatMap(([key, decision]) => (decision.kind === "taken" ? [[key, decision.next]] : [])),
    ),
  };
}

/** The bucket after its receiver asked for quiet. */
export const quietBucket = (bucket: TokenBucket | null, nowMs: number, forMs: number): TokenBucket => ({
  fullAtMs: bucket?.fullAtMs ?? nowMs,
  quietUntilMs: Math.max(bucket?.quietUntilMs ?? 0, nowMs + forMs),
});

/**
 * For how long Discord wants quiet, by the headers of any answer: `X-RateLimit-Remaining: 0` with `-Reset-After` seconds.
 * Null: as long as it likes. https://discord.com/developers/docs/topics/rate-limits#header-format
 */
export function quietMsOfHeaders(headers: Readonly<Record<string, string | undefined>>): number | null {
  const remaining = Number(headers["x-ratelimit-remaining"] ?? Number.NaN);
  const resetAfterS = Number(headers["x-ratelimit-reset-after"] ?? Number.NaN);
  const isExhausted = remaining === 0 && Number.isFinite(resetAfterS) && resetAfterS > 0;
  return isExhausted ? Math.min(Math.ceil(resetAfterS * SECOND_MS), QUIET_MS_MAX) : null;
}
const QUIET_MS_MAX = 3_600_000;

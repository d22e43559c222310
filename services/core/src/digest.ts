/** What digests say: the hour's alerts over the budget, the week's small things. Nothing to say: no digest. */
import { ALERT_MESSAGE_VERSION, type AlertMessage } from "./alert-message.ts";
import type { AlertSeverity } from "./alert-severity.ts";
import { publicLine } from "./public-text.ts";

/** One thing a digest tells of. `title` may hold a stranger's words; `url` is a page of ours. */
export interface DigestEntry {
  readonly title: string;
  readonly atMs: number;
  readonly url: string | null;
}

export interface FoldedAlert extends DigestEntry {
  readonly severity: AlertSeverity | null;
}

/** Bound of `AlertMessage.entries`. */
export const DIGEST_ENTRIES_MAX = 50;
/** Bound of `AlertMessage.facts`; the last one counts the rest. */
const FACTS_MAX = 10;
const TITLE_CHARS_MAX = 200;
const LABEL_CHARS_MAX = 60;

interface DigestFrame {
  /** Names the digest: the same one twice is one message. */
  readonly dedupKey: string;
  readonly atMs: number;
  /** Where the whole list is: a page of ours. */
  readonly listUrl: string;
}

/**
 * The alerts that were folded over the budget; null when there are none. P1 first, so that a page is never among those
 * left out while smaller things are named, then newest first. `total` counts what `folded` does not hold, too.
 */
export function hourlyDigest(
  folded: readonly FoldedAlert[],
  {
    total,
    alertsPerDayMax,
    ...frame
  }: DigestFrame & { readonly total: number; readonly alertsPerDayMax: number },
): AlertMessage | null {
  const count = Math.max(total, folded.length);
  if (count === 0) {
    return null;
  }
  const isPage = ({ severity }: FoldedAlert) => severity === "P1";
  const sorted = [...folded].sort((a, b) => Number(isPage(b)) - Number(isPage(a)) || newestFirst(a, b));
  const pages = folded.filter(isPage).length;
  const about = pages > 0 ? `, ${pages} of them P1` : "";
  return {
    ...EMPTY_DIGEST,
    dedupKey: frame.dedupKey,
    atMs: frame.atMs,
    title: publicLine(`${count} ${count === 1 ? "alert" : "alerts"} over today's budget${about}`, 150),
    summary:
      `This workspace's plan sends ${alertsPerDayMax} alerts a day. Further ones are collected and sent once an hour; ` +
      "the day ends at 00:00 UTC.",
    ...entriesOf(sorted, count),
    links: [{ label: "All alerts", url: frame.listUrl }],
  };
}

export interface WeeklyUptime {
  readonly name: string;
  /** 0–1; null: nothing was measured. */
  readonly uptimeRatio: number | null;
}

/** What happened in a week. Each list may be cut by who reads it; the totals are not. */
export interface WeekOfTenant {
  /** P4: blips that healed unconfirmed, drift that breaks nobody. */
  readonly small: readonly DigestEntry[];
  readonly smallTotal: number;
  /** All endpoints that the tenant watches. */
  readonly uptimes: readonly WeeklyUptime[];
  readonly incidents: number;
}

/**
 * The week in one message; null when nothing happened: no P4, no incident, and every endpoint without a lost minute.
 * Uptimes are the worst first, floored to two places (never rounded up to 100); the rest is counted, never dropped.
 */
export function weeklyDigest(week: WeekOfTenant, frame: DigestFrame): AlertMessage | null {
  const small = Math.max(week.smallTotal, week.small.length);
  const measured = week.uptimes.filter((uptime) => uptime.uptimeRatio !== null);
  const isPerfect = measured.every(({ uptimeRatio }) => uptimeRatio === 1);
  if (small === 0 && week.incidents === 0 && isPerfect) {
    return null;
  }
  const counted = (count: number, word: string) => `${count} ${count === 1 ? word : `${word}s`}`;
  return {
    ...EMPTY_DIGEST,
    dedupKey: frame.dedupKey,
    atMs: frame.atMs,
    title: `Your week: ${counted(week.incidents, "incident")}, ${counted(small, "small thing")}`,
    summary:
      `${counted(week.uptimes.length, "endpoint")} watched over the last 7 days. Below: uptime, worst first, ` +
      "then blips that healed before they were confirmed and changes of tools that break nobody.",
    facts: uptimeFacts(week.uptimes),
    ...entriesOf([...week.small].sort(newestFirst), small),
    links: [{ label: "Dashboard", url: frame.listUrl }],
  };
}

function uptimeFacts(uptimes: readonly WeeklyUptime[]): AlertMessage["facts"] {
  const sorted = [...uptimes].sort(
    (a, b) => (a.uptimeRatio ?? 2) - (b.uptimeRatio ?? 2) || (a.name < b.name ? -1 : 1),
  );
  const named = sorted.length > FACTS_MAX ? sorted.slice(0, FACTS_MAX - 1) : sorted;
  const rest = sorted.slice(named.length);
  const facts = named.map(({ name, uptimeRatio }) => ({
    label: publicLine(name, LABEL_CHARS_MAX) || "An endpoint",
    value: percentOf(uptimeRatio),
  }));
  const [worstOfRest] = rest;
  if (worstOfRest === undefined) {
    return facts;
  }
  const value = percentOf(worstOfRest.uptimeRatio);
  const others = {
    label: `${rest.length} others`,
    value: worstOfRest.uptimeRatio === null ? value : `${value} or better`,
  };
  return [...facts, others];
}

const percentOf = (ratio: number | null): string =>
  ratio === null ? "not measured" : `${(Math.floor(ratio * 10_000) / 100).toFixed(2)} %`;

const newestFirst = (a: DigestEntry, b: DigestEntry) => b.atMs - a.atMs || (a.title < b.title ? -1 : 1);

/** As many as a message holds, and how many it does not: together they are always `total`. */
function entriesOf(
  sorted: readonly DigestEntry[],
  total: number,
): Pick<AlertMessage, "entries" | "entriesLeftOut"> {
  const entries = sorted.slice(0, DIGEST_ENTRIES_MAX).map(({ title, atMs, url }) => ({
    title: publicLine(title, TITLE_CHARS_MAX) || "An alert",
    atMs,
    url,
  }));
  return { entries, entriesLeftOut: total - entries.length };
}

const EMPTY_DIGEST = {
  v: ALERT_MESSAGE_VERSION,
  event: "digest",
  severity: null,
  isTest: false,
  isWorse: false,
  endpoint: null,
  incident: null,
  facts: [],
  proof: null,
} as const satisfies Partial<AlertMessage>;

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SINK_KINDS } from "./sink-kind.ts";
import {
  quietBucket,
  quietMsOfHeaders,
  sinkRates,
  type TokenBucket,
  takeToken,
  takeTokens,
} from "./sink-rate.ts";

const t0 = Date.UTC(2026, 10, 21, 3);
const slack = { everyMs: 1_000, burst: 3 };
/** A bucket of three with so many tokens. */
const held = (tokens: number, quietUntilMs = 0): TokenBucket => ({
  fullAtMs: t0 + (3 - tokens) * 1_000,
  quietUntilMs,
});
const taken = (fullAfterMs: number) => ({
  kind: "taken",
  next: { fullAtMs: t0 + fullAfterMs, quietUntilMs: 0 },
});

test.each([
  ["nobody knows", null, 0, taken(1_000)],
  ["holds one", held(1), 0, taken(3_000)],
  ["is empty", held(0), 0, { kind: "wait", untilMs: t0 + 1_000 }],
  ["is empty, 400 ms later", held(0), 400, { kind: "wait", untilMs: t0 + 1_000 }],
  ["is empty, a second later", held(0), 1_000, taken(4_000)],
  ["rested for an hour: no more than the burst", held(0), 3_600_000, taken(3_601_000)],
  [
    "is full, but its receiver asked for quiet",
    held(3, t0 + 9_000),
    0,
    { kind: "wait", untilMs: t0 + 9_000 },
  ],
  ["sees time run backwards", held(0), -5_000, { kind: "wait", untilMs: t0 + 1_000 }],
] as const)("a bucket that %s", (_name, bucket, afterMs, expected) => {
  expect(takeToken(bucket, slack, t0 + afterMs)).toEqual(expected);
});

test("over any time no more goes than the burst and one per interval", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3_000 }), { maxLength: 200 }), (gaps) => {
      let [atMs, sent] = [t0, 0];
      let bucket: TokenBucket | null = null;
      for (const gapMs of gaps) {
        atMs += gapMs;
        const decision = takeToken(bucket, slack, atMs);
        if (decision.kind === "taken") {
          bucket = decision.next;
          sent += 1;
        } else {
          expect(decision.untilMs).toBeGreaterThan(atMs);
          expect(takeToken(bucket, slack, decision.untilMs).kind).toBe("taken");
        }
      }
      expect(sent).toBeLessThanOrEqual(slack.burst + (atMs - t0) / slack.everyMs);
    }),
  );
});

describe("Telegram", () => {
  const rates = sinkRates("telegram", { sinkId: "s", place: "-100", isTelegramGroup: true });

  test("a group's message takes from the bot's, the chat's and the group's bucket", () => {
    expect(rates.map(({ key }) => key)).toEqual(["telegram", "telegram:-100", "telegram-group:-100"]);
    const decision = takeTokens(new Map(), rates, t0);
    expect(decision.kind === "taken" && [...decision.next.keys()]).toEqual(rates.map(({ key }) => key));
  });

  test("who waits for one bucket takes from none, and waits for the slowest", () => {
    const buckets = new Map([
      ["telegram:-100", { fullAtMs: t0 + 1_000, quietUntilMs: 0 }],
      ["telegram-group:-100", { fullAtMs: t0 + 15_000, quietUntilMs: 0 }],
    ]);
    expect(takeTokens(buckets, rates, t0)).toEqual({ kind: "wait", untilMs: t0 + 3_000 });
  });

  test("two sinks in one chat share its bucket, two chats only the bot's", () => {
    const keys = (sinkId: string, place: string) =>
      sinkRates("telegram", { sinkId, place }).map(({ key }) => key);
    expect(keys("a", "1")).toEqual(keys("b", "1"));
    expect(keys("a", "1").filter((key) => keys("a", "2").includes(key))).toEqual(["telegram"]);
  });
});

test("every other kind has one bucket per sink", () => {
  for (const kind of SINK_KINDS.filter((one) => one !== "telegram")) {
    expect(sinkRates(kind, { sinkId: "s", place: null }).map(({ key }) => key)).toEqual([`${kind}:s`]);
  }
});

test("quiet that was asked for only ever grows", () => {
  const first = quietBucket(null, t0, 60_000);
  expect(first.quietUntilMs).toBe(t0 + 60_000);
  expect(quietBucket(first, t0, 1_000).quietUntilMs).toBe(t0 + 60_000);
  expect(takeToken(first, slack, t0 + 59_999)).toEqual({ kind: "wait", untilMs: t0 + 60_000 });
  expect(takeToken(first, slack, t0 + 60_000).kind).toBe("taken");
});

test.each([
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "1.250" }, 1_250],
  [{ "x-ratelimit-remaining": "1", "x-ratelimit-reset-after": "1.250" }, null],
  [{ "x-ratelimit-remaining": "0" }, null],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "soon" }, null],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "-3" }, null],
  [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset-after": "99999999" }, 3_600_000],
  [{}, null],
])("Discord's headers %j ask for %s ms of quiet", (headers, quietMs) => {
  expect(quietMsOfHeaders(headers)).toBe(quietMs);
});

import { expect, test } from "vitest";
import { type CheckNews, followCheck } from "./follow-check.ts";
import type { CheckReading } from "./read-check.ts";

const facts = {
  url: "https://a.example/",
  hasQuery: false,
  isPrivate: false,
  transport: "auto",
  city: "London",
} as const;
const waiting = (isLate: boolean): CheckReading => ({ facts, progress: { kind: "waiting", isLate } });
const failed: CheckReading = { facts, progress: { kind: "failed" } };

async function follow(
  readings: (CheckReading | null | Error)[],
  stillAfterMs = 60_000,
  signal = new AbortController().signal,
) {
  const news: CheckNews[] = [];
  const read = async () => {
    const next = readings.length > 1 ? readings.shift() : readings[0];
    if (next instanceof Error) {
      throw next;
    }
    return next ?? null;
  };
  for await (const one of followCheck(read, { signal, pollMs: 1, stillAfterMs })) {
    news.push(one);
  }
  return news.map((one) => (one.kind === "news" ? one.reading.progress.kind : one.kind));
}

test("each new state is told once, and the last one ends the stream", async () => {
  expect(await follow([waiting(false), waiting(false), waiting(true), failed])).toEqual([
    "waiting",
    "waiting",
    "failed",
  ]);
});

test("a moment without Redis ends nothing", async () => {
  expect(await follow([waiting(false), new Error("away"), new Error("away"), failed])).toEqual([
    "waiting",
    "failed",
  ]);
});

test("a check that is gone ends the stream", async () => {
  expect(await follow([waiting(false), null])).toEqual(["waiting"]);
});

test("silence is broken, so that proxies keep the connection", async () => {
  const kinds = await follow([...Array<CheckReading>(30).fill(waiting(false)), failed], 5);
  expect(kinds[0]).toBe("waiting");
  expect(kinds).toContain("still");
  expect(kinds.at(-1)).toBe("failed");
});

test("a reader who left, or a process that stops, ends the stream at once", async () => {
  expect(await follow([waiting(false)], 60_000, AbortSignal.abort())).toEqual([]);
});

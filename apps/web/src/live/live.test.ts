import type { ProbeProgress } from "@alivemcp/actions/watched/read-probe-progress";
import { describe, expect, test } from "vitest";
import { followProbe } from "../probe-now/follow-probe.ts";
import type { LiveEvent } from "./create-streams.ts";
import { followChanges } from "./follow-changes.ts";

/** Takes `count` events, then leaves. */
async function take(
  count: number,
  follow: (signal: AbortSignal) => AsyncIterable<LiveEvent>,
): Promise<string[]> {
  const reader = new AbortController();
  const told: string[] = [];
  for await (const { event, data } of follow(reader.signal)) {
    told.push(`${event} ${data}`);
    if (told.length === count) {
      reader.abort();
    }
  }
  return told;
}
/** Answers one after the other, then the last for ever. */
const answers =
  <T>(values: (T | Error)[]) =>
  async (): Promise<T> => {
    const next = values.length > 1 ? values.shift() : values[0];
    if (next instanceof Error) {
      throw next;
    }
    return next as T;
  };

describe("changes of a page", () => {
  test("only what differs from the page is told, once, and a moment without Redis is no change", async () => {
    const digest = answers(["a", "a", new Error("away"), "b", "b", "a"]);
    expect(await take(2, (signal) => followChanges(digest, { since: "a", signal, pollMs: 1 }))).toEqual([
      "changed b",
      "changed a",
    ]);
  });
  test("what changed between page and stream is told at once", async () => {
    expect(
      await take(1, (signal) => followChanges(answers(["new"]), { since: "old", signal, pollMs: 1 })),
    ).toEqual(["changed new"]);
  });
});

describe("a probe that somebody asked for", () => {
  const progress = (kind: "waiting" | "lost"): ProbeProgress => ({
    regions: [{ id: "eu-west", progress: { kind } }],
    isOver: kind === "lost",
  });
  const follow = (values: (ProbeProgress | null | Error)[]) =>
    take(99, (signal) =>
      followProbe(answers(values), {
        render: async ({ regions }) => regions[0]?.progress.kind ?? "",
        signal,
        pollMs: 1,
      }),
    );
  test("each new state is told once, and the last one ends it", async () => {
    expect(
      await follow([progress("waiting"), progress("waiting"), new Error("away"), progress("lost")]),
    ).toEqual(["progress waiting", "result lost"]);
  });
  test("one that is gone ends it", async () => {
    expect(await follow([progress("waiting"), null])).toEqual(["progress waiting"]);
  });
});

import { type EndpointState, unknownEndpoint } from "@alivemcp/core/endpoint-state";
import { MINUTE_MS } from "@alivemcp/core/pipeline";
import { expect, test } from "vitest";
import { createRegionTally } from "./region-tally.ts";

const T0 = Date.UTC(2026, 10, 21, 12);

/** A fleet of endpoints, each seen by three regions; `tell` lets some of them turn. */
function fleet(size: number) {
  const changes: string[] = [];
  const tally = createRegionTally((region, isSuspected, reason) =>
    changes.push(`${isSuspected ? "+" : "-"}${region} ${reason}`),
  );
  const states = new Map<string, EndpointState>(
    Array.from({ length: size }, (_, n) => [`endpoint-${n}`, unknownEndpoint(0)]),
  );
  const tell = (atMs: number, isDown: (n: number, region: string) => boolean, regions = ["a", "b", "c"]) => {
    [...states].forEach(([id, before], n) => {
      const heard = regions.map((region) => [
        region,
        { startedAtMs: atMs, isDown: isDown(n, region), mutedUntilMs: null },
      ]);
      const after = { ...before, regions: { ...before.regions, ...Object.fromEntries(heard) } };
      states.set(id, after);
      tally.note(id, before, after, atMs);
    });
  };
  return { tally, changes, tell };
}

test("a region from which most endpoints turn down alone does not vote until it finds them up again", () => {
  const { tally, changes, tell } = fleet(20);
  tell(T0, () => false);
  expect([...tally.suspected(T0)]).toEqual([]);
  tell(T0 + MINUTE_MS, (n, region) => region === "b" && n < 11);
  expect([...tally.suspected(T0 + MINUTE_MS + 1)]).toEqual(["b"]);
  for (const minute of [2, 3, 4]) {
    tell(T0 + minute * MINUTE_MS, (n, region) => region === "b" && n < 11);
    expect([...tally.suspected(T0 + minute * MINUTE_MS + 1)]).toEqual(["b"]);
  }
  tell(T0 + 5 * MINUTE_MS, () => false);
  expect([...tally.suspected(T0 + 6 * MINUTE_MS)]).toEqual([]);
  expect(changes).toEqual(["+b turned-down-alone", "-b inconspicuous"]);
});

test("the world going down is believed", () => {
  const { tally, tell } = fleet(20);
  tell(T0, () => false);
  tell(T0 + MINUTE_MS, () => true);
  expect([...tally.suspected(T0 + MINUTE_MS + 1)]).toEqual([]);
});

test("endpoints that were down already, or never seen before, do not turn", () => {
  const { tally, tell } = fleet(20);
  tell(T0, (_, region) => region === "b");
  expect([...tally.suspected(T0 + 1)]).toEqual([]);
  tell(T0 + MINUTE_MS, (_, region) => region === "b");
  expect([...tally.suspected(T0 + MINUTE_MS + 1)]).toEqual([]);
});

test("an event that taught nothing new counts nothing", () => {
  const { tally, changes, tell } = fleet(20);
  tell(T0, () => false);
  const state = {
    ...unknownEndpoint(0),
    regions: { b: { startedAtMs: T0, isDown: true, mutedUntilMs: null } },
  };
  for (let n = 0; n < 40; n += 1) {
    tally.note(`endpoint-${n}`, state, state, T0 + MINUTE_MS);
  }
  expect([...tally.suspected(T0 + MINUTE_MS)]).toEqual([]);
  expect(changes).toEqual([]);
});

import { expect, test } from "vitest";
import { decideHeartbeat } from "./dead-man.ts";

const working = { shardsHeld: 16, shards: 16, sinceStreamReadMs: 1_000, oldestDueMs: 0, canWrite: true };

test.each([
  ["everything works", working, true, "working"],
  ["Postgres takes no write", { ...working, canWrite: false }, false, "cannot_write"],
  ["one shard is nobody's", { ...working, shardsHeld: 15 }, false, "shards_not_held"],
  ["the stream was read a minute ago", { ...working, sinceStreamReadMs: 60_000 }, true, "working"],
  ["the stream was not read for longer", { ...working, sinceStreamReadMs: 60_001 }, false, "stream_not_read"],
  ["a delivery is due for five minutes", { ...working, oldestDueMs: 300_000 }, true, "working"],
  ["a delivery is due for longer", { ...working, oldestDueMs: 300_001 }, false, "deliveries_stuck"],
] as const)("%s", (_name, facts, beats, reason) => {
  expect(decideHeartbeat(facts)).toEqual({ beats, reason });
});

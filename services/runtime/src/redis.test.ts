import { expect, test } from "vitest";
import { listDurabilityProblems, type Redis } from "./redis.ts";

/** Answers `CONFIG GET` from a table; null: an ACL that does not let us look. */
const redisWith = (settings: Readonly<Record<string, string>> | null) =>
  ({
    config: async (_get: string, name: string) => {
      if (settings === null) {
        throw new Error("NOPERM");
      }
      return name in settings ? [name, settings[name]] : [];
    },
  }) as unknown as Redis;

test.each([
  ["that keeps everything is fine", { "maxmemory-policy": "noeviction", appendonly: "yes" }, []],
  [
    "that evicts keys would lose jobs",
    { "maxmemory-policy": "allkeys-lru", appendonly: "yes" },
    ["noeviction"],
  ],
  ["without an append-only file forgets in a crash", { appendonly: "no" }, ["appendonly"]],
  ["that does not let us look is believed", null, []],
])("a Redis %s", async (_name, settings, told) => {
  const problems = await listDurabilityProblems(redisWith(settings));
  expect(problems).toHaveLength(told.length);
  for (const [index, word] of told.entries()) {
    expect(problems[index]).toContain(word);
  }
});

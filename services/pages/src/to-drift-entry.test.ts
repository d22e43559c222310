import { describe, expect, test } from "vitest";
import { toDriftEntry } from "./to-drift-entry.ts";

const t0 = Date.UTC(2026, 10, 20, 12, 7, 0);
const cityOf = (region: string) => ({ "us-east": "Ashburn", "eu-west": "London" })[region] ?? region;

describe("drift", () => {
  const event = {
    region: null,
    atMs: t0,
    kind: "drift",
    isBreaking: true,
    isSuspicious: false,
    isAccepted: false,
    isAnnounced: true,
    changes: [],
  } as const;
  const change = (kind: string, driftClass: string) => ({
    kind,
    class: driftClass,
    tool: "search\u202E",
    path: "/a",
    before: "x",
    after: "y",
  });

  test("breaking changes come first, texts before and after stay inside", () => {
    const entry = toDriftEntry(
      { ...event, changes: [change("tool_added", "compatible"), change("param_removed", "breaking")] },
      cityOf,
    );
    expect(entry.changes).toEqual([
      { kind: "param_removed", class: "breaking", tool: "search", path: "/a" },
      { kind: "tool_added", class: "compatible", tool: "search", path: "/a" },
    ]);
  });
  test("what is not shown is counted: beyond 25, or of a kind this release does not know", () => {
    const entry = toDriftEntry(
      { ...event, changes: [...Array(30).fill(change("tool_added", "compatible")), { kind: "new" }] },
      cityOf,
    );
    expect([entry.changes.length, entry.moreChanges]).toEqual([25, 6]);
  });
});

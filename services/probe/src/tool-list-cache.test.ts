import { describe, expect, test } from "vitest";
import { createToolListCache, type KnownToolList } from "./tool-list-cache.ts";

function list(toolsCount: number): KnownToolList {
  return { toolsCount, contractHash: "c", fullHash: "f", invalidTools: [], lints: [], hasHealthCheck: false };
}

describe("known tool lists", () => {
  test("a list is found by its bytes' hash and by nothing else", () => {
    const cache = createToolListCache();
    cache.set("legacy aa", list(1));
    expect(cache.get("legacy aa")?.toolsCount).toBe(1);
    expect(cache.get("modern aa")).toBeUndefined();
  });

  test("the one that was used longest ago is forgotten first", () => {
    const cache = createToolListCache(2);
    cache.set("a", list(1));
    cache.set("b", list(2));
    cache.get("a");
    cache.set("c", list(3));
    expect(cache.get("b")).toBeUndefined();
    expect(cache.get("a")?.toolsCount).toBe(1);
  });
});

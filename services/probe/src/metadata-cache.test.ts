import { describe, expect, test } from "vitest";
import { createMetadataCache } from "./metadata-cache.ts";

const MINUTE_MS = 60_000;

describe("what is remembered of a wall's metadata", () => {
  test("good documents are believed for an hour", () => {
    const cache = createMetadataCache();
    cache.set("a", { kind: "walled", detail: "auth_discoverable" }, 0);
    expect(cache.get("a", 59 * MINUTE_MS)).toEqual({ kind: "walled", detail: "auth_discoverable" });
    expect(cache.get("a", 60 * MINUTE_MS)).toBeUndefined();
  });

  test("broken ones are looked at again after five minutes", () => {
    const cache = createMetadataCache();
    cache.set("a", { kind: "wall-malformed", detail: "auth_metadata_broken" }, 0);
    expect(cache.get("a", 4 * MINUTE_MS)).toBeDefined();
    expect(cache.get("a", 5 * MINUTE_MS)).toBeUndefined();
  });

  test("nothing is known of another endpoint", () => {
    expect(createMetadataCache().get("b", 0)).toBeUndefined();
  });

  test("the oldest is forgotten when there are too many", () => {
    const cache = createMetadataCache(2);
    for (const key of ["a", "b", "c"]) {
      cache.set(key, { kind: "walled", detail: "auth_discoverable" }, 0);
    }
    expect(cache.get("a", 1)).toBeUndefined();
    expect(cache.get("c", 1)).toBeDefined();
  });
});

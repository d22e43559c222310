import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTestSinkKey } from "../test/sink-keys.ts";
import {
  addSinkKey,
  openSettings,
  readSinkPublicKey,
  sealSettings,
  sinkKeysSchema,
  sinkPublicKeySchema,
  sinkPublicKeyText,
} from "./sink-keys.ts";

const { key } = makeTestSinkKey();
const bindings = fc.record({
  tenantId: fc.uuid(),
  sinkId: fc.uuid(),
  version: fc.integer({ min: 1, max: 1_000 }),
});

describe("sealed settings of a sink", () => {
  test("open for the tenant, sink and version they were sealed for, whatever they are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), bindings, (settings, binding) => {
        const kept = sealSettings(key, settings, binding);
        expect(kept.sealingKeyId).toBe("test");
        expect(openSettings([key], { ...kept, ...binding })).toEqual(JSON.parse(JSON.stringify(settings)));
      }),
      { numRuns: 50 },
    );
  });

  test("open for no other tenant, sink or version, in whatever combination they are swapped", () => {
    fc.assert(
      fc.property(
        bindings,
        bindings,
        fc.subarray(["tenantId", "sinkId", "version"] as const, { minLength: 1 }),
        (own, other, swapped) => {
          const moved = { ...own, ...Object.fromEntries(swapped.map((name) => [name, other[name]])) };
          fc.pre(JSON.stringify(moved) !== JSON.stringify(own));
          const kept = sealSettings(key, { url: "https://hooks.example/secret" }, own);
          expect(openSettings([key], { ...kept, ...moved })).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });

  test("do not open when a tenant's and a sink's id change places", () => {
    const own = { tenantId: "a", sinkId: "b", version: 1 };
    const kept = sealSettings(key, {}, own);
    expect(openSettings([key], { ...kept, tenantId: "b", sinkId: "a", version: 1 })).toBeNull();
  });

  test("open while their key is still in the list, and not without it", () => {
    const { key: newer } = makeTestSinkKey("newer");
    const binding = { tenantId: "t", sinkId: "s", version: 1 };
    const kept = sealSettings(key, { a: 1 }, binding);
    expect(openSettings([newer, key], { ...kept, ...binding })).toEqual({ a: 1 });
    expect(openSettings([newer], { ...kept, ...binding })).toBeNull();
    expect(openSettings([newer], { ...kept, ...binding, sealingKeyId: "newer" })).toBeNull();
  });

  test("show nothing of themselves", () => {
    const kept = sealSettings(
      key,
      { url: "https://hooks.example/secret" },
      { tenantId: "t", sinkId: "s", version: 1 },
    );
    expect(JSON.stringify(kept)).not.toContain("secret");
  });
});

describe("the key file", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sink-keys-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("is made for its owner only, and gets each new key in front", () => {
    const path = join(folder, "keys.json");
    const older = addSinkKey(path, { nowMs: Date.UTC(2026, 0, 1) });
    const newest = addSinkKey(path, { nowMs: Date.UTC(2026, 1, 1) });
    const keys = sinkKeysSchema.parse(readFileSync(path, "utf8"));
    expect(keys.map(({ id }) => id)).toEqual([newest.id, older.id]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readSinkPublicKey(path)).toEqual(newest);
  });

  test("gives writers a public half that its private half opens", () => {
    const path = join(folder, "pair.json");
    addSinkKey(path, { nowMs: 0 });
    const writer = sinkPublicKeySchema.parse(sinkPublicKeyText(readSinkPublicKey(path)));
    const binding = { tenantId: "t", sinkId: "s", version: 3 };
    const kept = sealSettings(writer, "settings", binding);
    expect(openSettings(sinkKeysSchema.parse(readFileSync(path, "utf8")), { ...kept, ...binding })).toBe(
      "settings",
    );
  });

  test.each([
    ["no JSON", "{"],
    ["an empty list", "[]"],
    ["a single key outside of a list", "{}"],
    ["halves of two pairs", mixed()],
    ["an id that stands twice", twice()],
    ["a key of another length", '[{"id":"a","publicKey":"AA","privateKey":"AA"}]'],
  ])("with %s is refused without telling what stands in it", (_name, text) => {
    const parsed = sinkKeysSchema.safeParse(text);
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues[0]?.message).toBe("is no list of key pairs as addSinkKey writes it");
    const path = join(folder, "broken.json");
    writeFileSync(path, text);
    expect(() => readSinkPublicKey(path)).toThrow("key pairs");
  });

  test.each(["", "id", "id:short", `ID:${"a".repeat(43)}`, `a:${"a".repeat(44)}`])(
    "%o is no public key of a writer",
    (text) => {
      expect(sinkPublicKeySchema.safeParse(text).success).toBe(false);
    },
  );
});

function pairs(): Record<string, string>[] {
  return [makeTestSinkKey("a"), makeTestSinkKey("b")].flatMap(
    ({ text }) => JSON.parse(text) as Record<string, string>[],
  );
}
function mixed(): string {
  const [a, b] = pairs();
  return JSON.stringify([{ ...a, privateKey: b?.privateKey }]);
}
function twice(): string {
  const [a, b] = pairs();
  return JSON.stringify([a, { ...b, id: a?.id }]);
}

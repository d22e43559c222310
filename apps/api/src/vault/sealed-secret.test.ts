import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DATA_KEY_BYTES, openSecret, type SecretBinding, sealSecret } from "./sealed-secret.ts";

const key = randomBytes(DATA_KEY_BYTES);
const bindings: fc.Arbitrary<SecretBinding> = fc.record({
  tenantId: fc.uuid(),
  endpointId: fc.uuid(),
  version: fc.integer({ min: 0, max: 1_000_000 }),
  purpose: fc.constantFrom("credential", "access-token", "refresh-token", "connect"),
});

describe("a sealed secret", () => {
  test("opens where it was written, whatever its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), bindings, (bytes, binding) => {
        const plaintext = Buffer.from(bytes);
        expect(openSecret(key, sealSecret(key, plaintext, binding), binding)).toEqual(plaintext);
      }),
    );
  });

  test("does not open with the tenant, the endpoint, the version or the purpose of another", () => {
    fc.assert(
      fc.property(
        bindings,
        bindings,
        fc.subarray(["tenantId", "endpointId", "version", "purpose"] as const, { minLength: 1 }),
        (binding, other, swapped) => {
          const changed = { ...binding, ...Object.fromEntries(swapped.map((name) => [name, other[name]])) };
          fc.pre(JSON.stringify(changed) !== JSON.stringify(binding));
          expect(openSecret(key, sealSecret(key, Buffer.from("secret"), binding), changed)).toBeNull();
        },
      ),
      { numRuns: 300 },
    );
  });

  test("does not open under another key, nor with any bit changed, nor cut short", () => {
    fc.assert(
      fc.property(bindings, fc.nat(), fc.nat(), (binding, at, length) => {
        const sealed = sealSecret(key, Buffer.from("secret"), binding);
        const changed = Buffer.from(sealed);
        const bit = at % (sealed.length * 8);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(openSecret(key, changed, binding)).toBeNull();
        expect(openSecret(randomBytes(DATA_KEY_BYTES), sealed, binding)).toBeNull();
        expect(openSecret(key, sealed.subarray(0, length % sealed.length), binding)).toBeNull();
      }),
    );
  });

  test("never looks the same twice", () => {
    const binding = { tenantId: "t", endpointId: "e", version: 1, purpose: "credential" } as const;
    const twice = [1, 2].map(() => sealSecret(key, Buffer.from("secret"), binding).toString("hex"));
    expect(new Set(twice).size).toBe(2);
  });
});

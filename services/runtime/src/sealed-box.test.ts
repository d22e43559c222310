import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeBoxKeys, openBox, type SealedBox, sealBox } from "./sealed-box.ts";

const keys = makeBoxKeys();
const binding = {
  region: "us-east",
  jobId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11-1700000000000",
  dispatch: 1,
  endpointId: "5bcd9d0e-6c3b-4d0f-9c70-6a5f4c2a1e11",
};
const bindings = fc.record({
  region: fc.string({ maxLength: 20 }),
  jobId: fc.string({ maxLength: 60 }),
  dispatch: fc.integer({ min: 1, max: 1000 }),
  endpointId: fc.uuid(),
});

describe("a sealed box", () => {
  test("gives back the bytes, whatever they are, to the key and binding it was sealed for", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), bindings, (bytes, bound) => {
        const plaintext = Buffer.from(bytes);
        expect(openBox(keys, sealBox(keys.publicKey, plaintext, bound), bound)).toEqual(plaintext);
      }),
      { numRuns: 50 },
    );
  });

  test("opens with no other region, job, dispatch or endpoint", () => {
    const box = sealBox(keys.publicKey, Buffer.from("secret"), binding);
    fc.assert(
      fc.property(
        bindings,
        fc.subarray(["region", "jobId", "dispatch", "endpointId"], { minLength: 1 }),
        (other, swapped) => {
          const changed = {
            ...binding,
            ...Object.fromEntries(swapped.map((name) => [name, other[name as keyof typeof binding]])),
          };
          fc.pre(JSON.stringify(changed) !== JSON.stringify(binding));
          expect(openBox(keys, box, changed)).toBeNull();
        },
      ),
      { numRuns: 100 },
    );
  });

  test("opens whatever the order of the binding's names, and never when one of them is missing or more", () => {
    const box = sealBox(keys.publicKey, Buffer.from("secret"), { a: "1", b: 2 });
    expect(openBox(keys, box, { b: 2, a: "1" })?.toString()).toBe("secret");
    for (const other of [{ a: "1" }, { a: "1", b: "2" }, { a: "1", b: 2, c: "" }, { a: "b", b: 2 }, {}]) {
      expect(openBox(keys, box, other)).toBeNull();
    }
  });

  test("opens with no other key", () => {
    expect(
      openBox(makeBoxKeys(), sealBox(keys.publicKey, Buffer.from("secret"), binding), binding),
    ).toBeNull();
  });

  test("opens with no bit of it changed, and not in parts of two boxes", () => {
    const box = sealBox(keys.publicKey, Buffer.from("secret"), binding);
    const other = sealBox(keys.publicKey, Buffer.from("secret"), binding);
    fc.assert(
      fc.property(
        fc.constantFrom<keyof SealedBox>("ephemeralPublicKey", "nonce", "ciphertext"),
        fc.nat(),
        (part, at) => {
          const bytes = Buffer.from(box[part], "base64url");
          // The top bit of an X25519 key is ignored (RFC 7748, section 5), so it is left alone here.
          const bit = at % (bytes.length * 8 - 1);
          bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(openBox(keys, { ...box, [part]: bytes.toString("base64url") }, binding)).toBeNull();
          expect(openBox(keys, { ...box, [part]: other[part] }, binding)).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });

  test("is never sealed to a point of small order, which would give everyone the same secret", () => {
    const zero = Buffer.alloc(32).toString("base64url");
    expect(() => sealBox(zero, Buffer.from("secret"), binding)).toThrow();
  });

  test("of an empty or cut ciphertext does not open", () => {
    const box = sealBox(keys.publicKey, Buffer.from("secret"), binding);
    expect(openBox(keys, { ...box, ciphertext: "" }, binding)).toBeNull();
    expect(openBox(keys, { ...box, ciphertext: box.ciphertext.slice(0, 10) }, binding)).toBeNull();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeCredential, expiryOf, hintsOf, lastFourOf } from "./credential-description.ts";
import { judgeCredentialExpiry, readJwtExpiry } from "./credential-expiry.ts";
import { credentialInputSchema } from "./credential-input.ts";

const t0 = Date.UTC(2026, 10, 3, 12);
const HOUR_MS = 3_600_000;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: unknown, header: unknown = { alg: "RS256", typ: "JWT" }) =>
  `${part(header)}.${part(claims)}.c2ln`;
const exp = (atMs: number) => ({ exp: atMs / 1_000 });

describe("a credential's expiry", () => {
  test.each([
    ["unknown when nobody said", null, "unknown"],
    ["valid more than 72 hours ahead", t0 + 72 * HOUR_MS + 1, "valid"],
    ["expiring from 72 hours ahead", t0 + 72 * HOUR_MS, "expiring"],
    ["expiring in its last millisecond", t0 + 1, "expiring"],
    ["expired at its very instant", t0, "expired"],
    ["expired afterwards", t0 - 1, "expired"],
  ])("is %s", (_name, expiresAtMs, kind) => {
    expect(judgeCredentialExpiry(expiresAtMs, t0).kind).toBe(kind);
  });

  test("never turns back as time goes on", () => {
    const order = ["valid", "expiring", "expired"];
    fc.assert(
      fc.property(fc.nat(200 * HOUR_MS), fc.nat(200 * HOUR_MS), fc.nat(200 * HOUR_MS), (ends, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((after) =>
          order.indexOf(judgeCredentialExpiry(t0 + ends, t0 + after).kind),
        );
        expect(early).toBeLessThanOrEqual(late as number);
      }),
    );
  });
});

describe("the expiry in a JWT", () => {
  test.each<[string, string, number | null]>([
    ["is its exp, in seconds", jwt(exp(t0)), t0],
    ["may have a fraction", jwt({ exp: 1_800_000_000.5 }), 1_800_000_000_500],
    ["is none without exp", jwt({ sub: "x" }), null],
    ["is none when exp is no number", jwt({ exp: "soon" }), null],
    ["is none when exp is in milliseconds by mistake", jwt({ exp: t0 }), null],
    ["is none when exp is negative", jwt({ exp: -1 }), null],
    ["is none when the header names no algorithm", jwt(exp(t0), { typ: "JWT" }), null],
    ["is none in an opaque token", "ghp_0123456789", null],
    ["is none in three parts that are no JSON", "a.b.c", null],
    ["is none in lists instead of objects", `${part([])}.${part([])}.x`, null],
    ["is none in something endless", `${jwt(exp(t0))}${"x".repeat(9_000)}`, null],
  ])("%s", (_name, text, atMs) => {
    expect(readJwtExpiry(text)).toBe(atMs);
  });

  test("is read from anything without throwing", () => {
    fc.assert(fc.property(fc.string(), (text) => void readJwtExpiry(text)));
  });
});

const parse = (input: unknown) => credentialInputSchema.parse(input);
describe("when what was entered expires", () => {
  test.each<[string, unknown, ReturnType<typeof expiryOf>]>([
    ["nobody knows of an opaque token", { kind: "bearer", token: "t" }, null],
    ["a JWT tells", { kind: "bearer", token: jwt(exp(t0)) }, { atMs: t0, source: "jwt" }],
    ["its owner declares", { kind: "bearer", token: "t", expiresAtMs: t0 }, { atMs: t0, source: "declared" }],
    [
      "the earlier of both counts: the JWT",
      { kind: "bearer", token: jwt(exp(t0)), expiresAtMs: t0 + 1 },
      { atMs: t0, source: "jwt" },
    ],
    [
      "the earlier of both counts: the owner",
      { kind: "bearer", token: jwt(exp(t0)), expiresAtMs: t0 - 1_000 },
      { atMs: t0 - 1_000, source: "declared" },
    ],
    [
      "a JWT behind a scheme in a header tells too, the earliest of several",
      {
        kind: "headers",
        headers: [
          { name: "Authorization", value: `Bearer ${jwt(exp(t0 + 5_000))}` },
          { name: "X-Token", value: jwt(exp(t0)) },
        ],
      },
      { atMs: t0, source: "jwt" },
    ],
    [
      "client credentials do not",
      { kind: "client_credentials", clientId: "i", clientSecret: jwt(exp(t0)) },
      null,
    ],
  ])("%s", (_name, input, expiry) => {
    expect(expiryOf(parse(input))).toEqual(expiry);
  });
});

describe("what is shown of a credential", () => {
  test("holds no more than the last four characters of a long secret, and none of a short one", () => {
    expect(lastFourOf("0123456789abcdef")).toBe("cdef");
    expect(lastFourOf("0123456789abcde")).toBeNull();
    const secret = "Zq7".repeat(12);
    for (const input of [
      { kind: "bearer", token: secret },
      { kind: "headers", headers: [{ name: "X-Key", value: secret }] },
      { kind: "client_credentials", clientId: "the-id", clientSecret: secret },
    ]) {
      expect(JSON.stringify(hintsOf(parse(input)))).not.toContain(secret.slice(0, 8));
    }
  });

  test("is recognisable", () => {
    expect(hintsOf(parse({ kind: "bearer", token: "0123456789abcdef" }))).toEqual({
      headerNames: ["Authorization"],
      lastFour: "cdef",
    });
    expect(hintsOf(parse({ kind: "client_credentials", clientId: "id", clientSecret: "s" }))).toEqual({
      clientId: "id",
      scope: null,
      tokenUrl: null,
    });
  });

  test("says how its expiry stands now", () => {
    const stored = {
      kind: "bearer",
      version: 1,
      hints: {},
      expiresAtMs: t0,
      expirySource: "jwt",
      createdBy: null,
      createdAtMs: t0 - 1,
      rejection: null,
    } as const;
    expect(describeCredential(stored, t0 - HOUR_MS)).toMatchObject({
      expiry: { kind: "expiring", leftMs: HOUR_MS },
    });
    expect(describeCredential(stored, t0)).not.toHaveProperty("expiresAtMs");
  });
});

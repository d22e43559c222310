import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVIDENCE_CHARS_MAX, redactExcerpt } from "./redact.ts";

describe("an excerpt of what an endpoint said", () => {
  const SECRETS: readonly (readonly [string, string, string])[] = [
    ["a bearer token", "Authorization: Bearer abc.def-ghi_123 was refused", "abc.def-ghi_123"],
    ["a bearer token in prose", "token Bearer 0123456789abcdef is invalid", "0123456789abcdef"],
    ["a JWT", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJhbGciOiJIUzI1NiJ9"],
    ["a cookie", "Set-Cookie: sid=s3cr3t; HttpOnly", "s3cr3t"],
    ["a key in JSON", '{"api_key":"k-123456","x":1}', "k-123456"],
    ["a key in a query", "https://a.example/mcp?access_token=qwertz&x=1", "qwertz"],
    ["credentials in a URL", "postgres://bob:pass@db.example/x", "bob:pass"],
    ["a well-known key shape", "sk-live_1234567890abcdef", "1234567890abcdef"],
    ["a private key", "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "MIIabc"],
    ["a session id", "Mcp-Session-Id: 9f8e7d", "9f8e7d"],
  ];
  test.each(SECRETS)("never holds %s", (_name, text, secret) => {
    expect(redactExcerpt(text)).not.toContain(secret);
    expect(redactExcerpt(text)).toContain("[redacted]");
  });

  test("never holds what this probe carried, wherever it is echoed", () => {
    expect(redactExcerpt("you sent correct-horse!", ["correct-horse"])).toBe("you sent [redacted]!");
  });

  test("keeps ordinary words", () => {
    const text = 'HTTP 500 application/json {"error":{"code":-32603,"message":"database is away"}}';
    expect(redactExcerpt(text)).toBe(text);
  });

  test("is one line without control characters", () => {
    expect(redactExcerpt("a\u0000b\r\nc\u202ed")).toBe("a b c d");
  });

  test("is well-formed text of at most 500 characters, whatever came in", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5_000, unit: "binary" }), (text) => {
        const excerpt = redactExcerpt(text);
        expect(excerpt.length).toBeLessThanOrEqual(EVIDENCE_CHARS_MAX);
        expect(excerpt.isWellFormed()).toBe(true);
      }),
    );
  });

  test("takes no longer for text made to be slow", () => {
    const startedMs = performance.now();
    for (const hostile of [
      "token".repeat(2_000),
      "a://".repeat(2_000),
      "-----BEGIN A".repeat(1_000),
      "eyJ".repeat(3_000),
    ]) {
      redactExcerpt(hostile);
    }
    expect(performance.now() - startedMs).toBeLessThan(500);
  });
});

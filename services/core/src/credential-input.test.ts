import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSendableValue, judgeHeaderName } from "./credential-header.ts";
import { connectInputSchema, credentialInputSchema } from "./credential-input.ts";

const messageOf = (input: unknown): string | null =>
  credentialInputSchema.safeParse(input).error?.issues[0]?.message ?? null;
const headers = (...pairs: [string, string][]) => ({
  kind: "headers",
  headers: pairs.map(([name, value]) => ({ name, value })),
});

describe("a credential that is entered", () => {
  test.each<[string, unknown]>([
    ["a bearer token", { kind: "bearer", token: "eyJhbGciOi.J9.x-_~+/=" }],
    ["a custom header", headers(["X-Api-Key", "k 1"])],
    ["several headers", headers(["X-Api-Key", "k"], ["Authorization", "Basic dTpw"], ["Cookie", "a=b; c=d"])],
    ["client credentials", { kind: "client_credentials", clientId: "id", clientSecret: "s", scope: "a b" }],
    [
      "client credentials with a token URL",
      { kind: "client_credentials", clientId: "id", clientSecret: "s", tokenUrl: "https://as.example/token" },
    ],
    ["a declared expiry", { kind: "bearer", token: "t", expiresAtMs: 1_800_000_000_000 }],
  ])("is taken when it is %s", (_name, input) => {
    expect(credentialInputSchema.parse(input)).toMatchObject(input as object);
  });

  test.each<[string, unknown, string]>([
    ["no token", { kind: "bearer" }, "Enter the token."],
    ["an empty token", { kind: "bearer", token: "" }, "Enter the token."],
    [
      "the word Bearer before the token",
      { kind: "bearer", token: "Bearer abc" },
      "Leave out the word Bearer",
    ],
    ["a blank in a token", { kind: "bearer", token: "a b" }, "visible ASCII"],
    ["a line break in a token", { kind: "bearer", token: "a\r\nHost: evil" }, "visible ASCII"],
    ["letters beyond ASCII in a token", { kind: "bearer", token: "tökén" }, "visible ASCII"],
    ["a token of 9 kB", { kind: "bearer", token: "x".repeat(9_000) }, "8192"],
    ["no header", headers(), "at least one"],
    [
      "eleven headers",
      headers(...Array.from({ length: 11 }, (_, n): [string, string] => [`X-${n}`, "v"])),
      "At most 10",
    ],
    ["a header twice", headers(["X-Key", "a"], ["x-key", "b"]), "once"],
    [
      "headers of 24 kB",
      headers(["A", "x".repeat(8_000)], ["B", "x".repeat(8_000)], ["C", "x".repeat(8_000)]),
      "16384",
    ],
    ["a header without a name", headers(["", "v"]), "Enter the name"],
    ["a header without a value", headers(["X-Key", ""]), "Enter the value"],
    ["a line break in a header value", headers(["X-Key", "a\r\nX-Other: b"]), "no line breaks"],
    ["a blank at the end of a value", headers(["X-Key", "a "]), "no blanks at its ends"],
    ["a NUL in a value", headers(["X-Key", "a\u0000b"]), "visible ASCII"],
    ["a colon in a name", headers(["X-Key:", "a"]), "no colon"],
    [
      "two words in scopes too many",
      { kind: "client_credentials", clientId: "i", clientSecret: "s", scope: "a  b" },
      "single spaces",
    ],
    [
      "a token URL of another scheme",
      { kind: "client_credentials", clientId: "i", clientSecret: "s", tokenUrl: "ftp://x" },
      "https://",
    ],
    ["a field of another kind", { kind: "bearer", token: "t", clientId: "x" }, "Unrecognized key"],
  ])("is refused, and told why, when it has %s", (_name, input, words) => {
    expect(messageOf(input)).toContain(words);
  });

  test("is of a kind we know", () => {
    expect(messageOf({ kind: "mtls" })).not.toBeNull();
    expect(messageOf(null)).not.toBeNull();
  });

  test("for Connect may be nothing at all", () => {
    expect(connectInputSchema.parse({})).toEqual({ clientId: null, clientSecret: null, scope: null });
  });
});

describe("a header name", () => {
  test.each([
    "Host",
    "content-length",
    "Transfer-Encoding",
    "connection",
    "TE",
    "Mcp-Session-Id",
    "mcp-anything",
    "Proxy-Authorization",
    "Sec-Fetch-Site",
    "User-Agent",
    "Content-Type",
    "Accept",
  ])("%s is the probe's own and refused", (name) => {
    expect(judgeHeaderName(name)).toContain("set by the probe itself");
  });
  test.each(["Authorization", "X-Api-Key", "Cookie", "api_key", "Ocp-Apim-Subscription-Key"])(
    "%s is accepted",
    (name) => {
      expect(judgeHeaderName(name)).toBeNull();
    },
  );
  test("has at most 128 characters", () => {
    expect(judgeHeaderName("x".repeat(129))).toContain("128");
  });
});

test("a value that is accepted can be put on the wire as one header, unchanged", () => {
  fc.assert(
    // Only a blank at an end is refused among these, so few cases are thrown away.
    fc.property(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 50 }), (value) => {
      fc.pre(isSendableValue(value));
      expect(new Headers({ "x-key": value }).get("x-key")).toBe(value);
    }),
  );
});

test("a value with a control character or one beyond ASCII anywhere in it is refused", () => {
  const visible = fc.string({ unit: "grapheme-ascii", maxLength: 20 });
  const unsendable = fc.oneof(
    // A tab is a blank like another.
    fc.integer({ min: 0, max: 0x1f }).filter((code) => code !== 0x09),
    fc.integer({ min: 0x7f, max: 0xffff }),
  );
  fc.assert(
    fc.property(visible, unsendable, visible, (before, code, after) => {
      expect(isSendableValue(`${before}${String.fromCharCode(code)}${after}`)).toBe(false);
    }),
  );
});

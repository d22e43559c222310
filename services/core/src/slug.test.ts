import fc from "fast-check";
import { expect, test } from "vitest";
import { endpointSlug, slugBase } from "./slug.ts";

test.each([
  ["My Server!", "my-server"],
  ["mcp.example.com", "mcp-example-com"],
  ["  Übersicht — Café ", "ubersicht-cafe"],
  ["日本", "endpoint"],
  ["", "endpoint"],
])("%j becomes %j", (text, slug) => {
  expect(slugBase(text)).toBe(slug);
});

test("whatever the name, the slug fits its column", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.constantFrom("public", "unlisted", "private"),
      (text, visibility) => {
        expect(endpointSlug(text, visibility, "abcdefgh12345678")).toMatch(
          /^[a-z0-9]([a-z0-9-]{0,118}[a-z0-9])?$/,
        );
      },
    ),
  );
});

test("only a public endpoint has a slug that can be guessed", () => {
  expect(endpointSlug("A", "public", "s123456789012345")).toBe("a");
  expect(endpointSlug("A", "unlisted", "s123456789012345")).toBe("a-s123456789012345");
  expect(endpointSlug("A", "private", "s123456789012345")).toBe("a-s123456789012345");
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseSlug, endpointSlug, slugAfterVisibility, slugBase } from "./slug.ts";

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

test.each(["New", "import!"])("an endpoint called %j does not hide a page of the dashboard", (name) => {
  expect(endpointSlug(name, "public", "s123456789012345")).toMatch(/-endpoint$/);
});

const SUFFIX = "0123456789abcdef";
const NEXT = "fedcba9876543210";
const board = { slug: "docs", visibility: "public" } as const;
const hidden = { slug: `docs-${SUFFIX}`, visibility: "unlisted" } as const;

test.each([
  ["a public one gets the choice itself", "tools", board, "public", "tools"],
  ["an unlisted one keeps its suffix", "tools", hidden, "unlisted", `tools-${SUFFIX}`],
  ["the suffix may be typed along", `tools-${SUFFIX}`, hidden, "private", `tools-${SUFFIX}`],
  ["entering the board drops the suffix", `tools-${SUFFIX}`, hidden, "public", "tools"],
  ["leaving the board adds a new one", "tools", board, "unlisted", `tools-${NEXT}`],
  [
    "what was public never serves as a secret",
    `tools-${SUFFIX}`,
    { slug: `docs-${SUFFIX}`, visibility: "public" } as const,
    "unlisted",
    `tools-${SUFFIX}-${NEXT}`,
  ],
] as const)("a chosen slug: %s", (_name, typed, current, visibility, slug) => {
  expect(chooseSlug(typed, { current, visibility, suffix: NEXT })).toEqual({ kind: "accepted", slug });
});

test.each([
  ["two characters", "ab", "slug_length"],
  ["61 characters", "a".repeat(61), "slug_length"],
  ["nothing but the suffix", `-${SUFFIX}`, "slug_length"],
  ["capitals", "Docs", "slug_characters"],
  ["a dot", "docs.json", "slug_characters"],
  ["a slash", "docs/x", "slug_characters"],
  ["a dash at the end", "docs-", "slug_characters"],
  ["two dashes", "my--docs", "slug_characters"],
  ["a letter of another script", "dоcs", "slug_characters"],
  ["the name of a page of the dashboard", "import", "slug_reserved"],
  ["a zero byte", "do\u0000cs", "slug_characters"],
])("a slug with %s is refused with a sentence", (_name, typed, reason) => {
  expect(chooseSlug(typed, { current: hidden, visibility: "unlisted", suffix: NEXT })).toMatchObject({
    kind: "refused",
    reason,
    message: expect.stringMatching(/\.$/),
  });
});

test.each([
  ["off the board", board, "unlisted", `docs-${NEXT}`],
  ["onto the board", hidden, "public", "docs"],
  ["from unlisted to private", hidden, "private", `docs-${SUFFIX}`],
] as const)("a change of visibility %s", (_name, current, visibility, slug) => {
  expect(slugAfterVisibility(current, visibility, NEXT)).toBe(slug);
});

test("whatever is typed, an accepted slug fits its column, and off the board it cannot be guessed", () => {
  const visibility = fc.constantFrom("public", "unlisted", "private");
  const typed = fc.oneof(fc.string({ maxLength: 80 }), fc.stringMatching(/^[a-z0-9-]{0,70}$/));
  fc.assert(
    fc.property(typed, visibility, visibility, (text, from, to) => {
      const current = { slug: endpointSlug("Docs", from, SUFFIX), visibility: from };
      const chosen = chooseSlug(text, { current, visibility: to, suffix: NEXT });
      if (chosen.kind === "accepted") {
        expect(chosen.slug).toMatch(/^[a-z0-9]([a-z0-9-]{0,118}[a-z0-9])?$/);
        expect(to === "public" || /-[0-9a-f]{16}$/.test(chosen.slug)).toBe(true);
      }
    }),
  );
});

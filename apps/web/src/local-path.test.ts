import fc from "fast-check";
import { expect, test } from "vitest";
import { localPath } from "./local-path.ts";

test.each(["/", "/w/acme/", "/w/acme/?q=a&b=%20c#top", "/invitations/abc_DEF-1"])(
  "%s is a way back",
  (path) => {
    expect(localPath(path)).toBe(path);
  },
);

test.each([
  ["nothing", undefined],
  ["an empty text", ""],
  ["another site", "https://evil.example/"],
  ["another site without a scheme", "//evil.example/"],
  ["another site with a backslash", "/\\evil.example/"],
  ["two backslashes", "\\\\evil.example/"],
  ["a backslash later on", "/w/\\evil"],
  ["a tab that browsers drop", "/\t/evil.example"],
  ["a line break that browsers drop", "/\n/evil.example"],
  ["a script", "javascript:alert(1)"],
  ["a scheme without slashes", "https:evil.example"],
  ["a relative path", "w/acme"],
  ["dots that leave two slashes", "/.//evil.example"],
  ["dots up that leave two slashes", "/a/..//evil.example"],
  ["a space in front", " //evil.example"],
  ["a character outside ASCII", "/ｅvil"],
  ["a header", "/a\r\nSet-Cookie: x=1"],
  ["3,000 characters", `/${"a".repeat(3_000)}`],
])("%s leads home", (_name, next) => {
  expect(localPath(next)).toBe("/");
});

test("whatever is asked for, a browser stays on our host", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "evil.example",
    "\t",
    "\n",
    ":",
    "@",
    "?",
    "#",
    "%2f",
    "%5c",
    "http",
    "a",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = localPath(pieces.join(""));
      expect(new URL(path, "https://app.example").origin).toBe("https://app.example");
      expect(path.startsWith("/")).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

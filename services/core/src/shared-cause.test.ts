import fc from "fast-check";
import { expect, test } from "vitest";
import { outsideCausesOf, SHARED_CAUSE_KINDS, sharedCausesOf, sharedCauseWords } from "./shared-cause.ts";

const facts = {
  host: "MCP.Example.com",
  registrableDomain: "example.com",
  failureReason: "connection_refused",
  regions: ["us-east", "eu-west", "us-east"],
} as const;

test("causes go from the most specific to the least, in words that do not depend on case or order", () => {
  expect(sharedCausesOf(facts)).toEqual([
    "host:mcp.example.com",
    "domain:example.com",
    "failure:connection_refused@eu-west,us-east",
  ]);
});

test("facts that nobody knows make no cause, those that somebody does make one each", () => {
  expect(sharedCausesOf({ ...facts, failureReason: null })).not.toContainEqual(
    expect.stringContaining("failure:"),
  );
  expect(sharedCausesOf({ ...facts, regions: [] })).not.toContainEqual(expect.stringContaining("failure:"));
  const all = sharedCausesOf({
    ...facts,
    provider: "vercel.app",
    addressBlock: "203.0.113.0/24",
    certificateIssuer: "R11",
  });
  expect(all.map((cause) => cause.slice(0, cause.indexOf(":")))).toEqual([...SHARED_CAUSE_KINDS]);
});

test.each([
  ["both regions that were asked", ["eu-west", "us-east"], false],
  ["two of three regions", ["eu-west", "us-east", "sa-east"], true],
  ["regions that were not even asked", [], false],
])("a way of failing seen from %s is an outside cause: %#", (_name, asked, isOutside) => {
  const causes = outsideCausesOf(facts, asked);
  expect(causes.some((cause) => cause.startsWith("failure:"))).toBe(isOutside);
  expect(causes).toContain("host:mcp.example.com");
});

test("a cause fits into its column however long a name is", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 2_000 }), (host) => {
      expect(sharedCausesOf({ ...facts, host }).every((cause) => cause.length <= 300)).toBe(true);
    }),
  );
});

test.each([
  ["host:mcp.example.com", "the host mcp.example.com"],
  ["domain:example.com", "the domain example.com"],
  ["issuer:r11", "certificates issued by r11"],
  ["block:2001:db8::/32", "the address block 2001:db8::/32"],
  ["provider:vercel.app", "the provider vercel.app"],
  ["failure:connection_refused@eu-west", "the same failure (connection refused) in the same regions"],
])("%s reads %s", (cause, words) => {
  expect(sharedCauseWords(cause)).toBe(words);
});

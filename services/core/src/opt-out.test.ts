import { expect, test } from "vitest";
import { indexOptOuts, isOptedOut } from "./opt-out.ts";

const plan = {
  isUnclaimed: true,
  registrableDomain: "example.com",
  host: "mcp.example.com",
  url: "https://mcp.example.com/mcp/",
  normalizedUrl: "https://mcp.example.com/mcp",
};

test.each([
  ["nobody asked", [], plan, false],
  ["its domain", [["domain", "example.com", false]], plan, true],
  ["its host", [["host", "mcp.example.com", false]], plan, true],
  ["its URL", [["url", "https://mcp.example.com/mcp", false]], plan, true],
  ["its URL with a slash at the end", [["url", "https://mcp.example.com/mcp/", false]], plan, true],
  ["another URL of its host", [["url", "https://mcp.example.com/other", false]], plan, false],
  ["another host of its domain", [["host", "www.example.com", false]], plan, false],
  ["a domain named like its host", [["domain", "mcp.example.com", false]], plan, false],
  [
    "its domain, but a tenant confirmed it",
    [["domain", "example.com", false]],
    { ...plan, isUnclaimed: false },
    false,
  ],
  [
    "its domain, verified, though a tenant confirmed it",
    [["domain", "example.com", true]],
    { ...plan, isUnclaimed: false },
    true,
  ],
] as const)("opted out: %s", (_name, asked, endpoint, expected) => {
  const optOuts = asked.map(([kind, target, isVerified]) => ({ kind, target, isVerified }));
  expect(isOptedOut(endpoint, indexOptOuts(optOuts))).toBe(expected);
});

import { expect, test } from "vitest";
import { strangersLine } from "./strangers-line.ts";

test.each<[name: string, text: string, line: string]>([
  ["keeps what is harmless", "Weather API (EU)", "Weather API (EU)"],
  ["puts lines into one", "a\r\nb\u2028c\u0000d", "a b c d"],
  ["takes away what turns the text around", "a\u202egnp.exe", "a gnp.exe"],
  [
    "keeps of a URL the host alone",
    "see https://user:pw@mcp.example.com:8443/key/abc?token=1#x now",
    "see mcp.example.com:8443 now",
  ],
  ["keeps of a URL without a path the host", "wss://mcp.example.com", "mcp.example.com"],
  [
    "keeps of other schemes the host",
    "slack-custom://open?x=1 javascript:alert(1)",
    "open javascript:alert(1)",
  ],
  ["names no IPv4 address", "db 10.1.2.3:5432", "db (address)"],
  ["names no IPv4 address of a URL", "http://203.0.113.7:8080/mcp", "(address)"],
  ["names no IPv6 address of a URL", "http://[2001:db8::1]:8080/mcp", "(address)"],
  ["cuts what is too long", "x".repeat(10_000), `${"x".repeat(89)}…`],
  ["is empty for nothing", " \u200b\n", ""],
])("one line of a stranger %s", (_name, text, line) => {
  expect(strangersLine(text, 90)).toBe(line);
});

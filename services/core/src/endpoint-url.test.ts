import { describe, expect, test } from "vitest";
import { checkEndpointUrl, ENDPOINT_URL_CHARS_MAX, isRefusedPort, normalizedUrl } from "./endpoint-url.ts";

describe("a URL at intake", () => {
  const ACCEPTED: readonly (readonly [string, string, string])[] = [
    ["an ordinary one", "https://mcp.example.com/mcp", "https://mcp.example.com/mcp"],
    ["one with space around it", "  https://mcp.example.com/mcp\n", "https://mcp.example.com/mcp"],
    [
      "host in capitals, default port, fragment",
      "HTTPS://MCP.Example.COM:443/Mcp?Key=V#x",
      "https://mcp.example.com/Mcp?Key=V",
    ],
    ["an unusual port", "http://mcp.example.com:8931/sse", "http://mcp.example.com:8931/sse"],
    ["a literal address in another spelling", "http://0x7f.1:8080/", "http://127.0.0.1:8080/"],
    ["a path that looks like a command", "https://example.com/npx", "https://example.com/npx"],
  ];
  test.each(ACCEPTED)("%s is accepted and normalised", (_name, given, url) => {
    expect(checkEndpointUrl(given)).toEqual({ kind: "accepted", url });
  });

  const REFUSED: readonly (readonly [string, string])[] = [
    ["url_missing", "   "],
    ["url_too_long", `https://example.com/${"a".repeat(ENDPOINT_URL_CHARS_MAX)}`],
    ["url_is_command", "npx -y @modelcontextprotocol/server-everything"],
    ["url_is_command", "uvx mcp-server-git"],
    ["url_is_command", "docker run -i --rm mcp/time"],
    ["url_is_command", "python3.12 -m server"],
    ["url_is_command", "./server.js"],
    ["url_is_command", "/usr/local/bin/mcp"],
    ["url_is_command", "C:\\mcp\\server.exe"],
    ["url_is_command", '{"mcpServers":{"x":{"command":"npx","args":[]}}}'],
    ["url_is_command", "stdio://server"],
    ["url_invalid", "mcp example com"],
    ["url_invalid", "mcp.example.com/mcp"],
    ["url_scheme", "ftp://example.com/"],
    ["url_scheme", "javascript:alert(1)"],
    ["url_credentials", "https://user:secret@example.com/mcp"],
    ["url_credentials", "https://user@example.com/mcp"],
    ["url_port", "http://example.com:22/"],
    ["url_port", "http://example.com:6667/"],
    ["url_too_long", `http://example.com/${"ü".repeat(1_500)}`],
    ["url_invalid", `http://${"a.".repeat(140)}com/`],
  ];
  test.each(REFUSED)("%s: %s", (reason, given) => {
    const check = checkEndpointUrl(given);
    expect(check).toMatchObject({ kind: "refused", field: "url", reason });
    expect(check.kind === "refused" && check.message).toMatch(/^[A-Z].*\.$/);
  });

  test("a host with its root dot is the same host", () => {
    expect(checkEndpointUrl("https://Example.com./mcp")).toMatchObject({ url: "https://example.com/mcp" });
  });

  test.each([
    ["https://example.com/mcp", "https://example.com:443/mcp/#part"],
    ["https://example.com", "https://example.com/"],
    ["https://example.com/mcp?a=1", "https://example.com/mcp/?a=1"],
  ])("%s and %s are one endpoint", (one, other) => {
    expect(normalizedUrl(new URL(one))).toBe(normalizedUrl(new URL(other)));
  });

  test("a stdio command is told why it cannot be watched", () => {
    const check = checkEndpointUrl("npx server");
    expect(check.kind === "refused" && check.message).toContain("stdio");
  });

  test("a message never repeats a password", () => {
    const check = checkEndpointUrl("https://user:hunter22@example.com/mcp");
    expect(JSON.stringify(check)).not.toContain("hunter22");
  });

  test("default ports are fine whatever their scheme", () => {
    expect(isRefusedPort(new URL("http://example.com/"))).toBe(false);
    expect(isRefusedPort(new URL("https://example.com/"))).toBe(false);
    expect(isRefusedPort(new URL("https://example.com:25/"))).toBe(true);
  });
});

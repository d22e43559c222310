import { describe, expect, test } from "vitest";
import { readImportFile, STDIO_REASON } from "./import-file.ts";

const read = (content: unknown) => readImportFile(JSON.stringify(content));
const remote = (type: string, url: string, headers?: object[]) => ({
  type,
  url,
  ...(headers ? { headers } : {}),
});

describe("readImportFile", () => {
  test.each([
    ["an mcp.json of a desktop client", { mcpServers: { docs: { url: "https://a.example/mcp" } } }, "auto"],
    [
      "an mcp.json of an editor",
      { servers: { docs: { type: "http", url: "https://a.example/mcp" } } },
      "http",
    ],
    [
      "a spelling of the newer transport",
      { mcpServers: { docs: { type: "streamableHttp", url: "https://a.example/mcp" } } },
      "http",
    ],
    [
      "the older transport",
      { mcpServers: { docs: { transport: "sse", url: "https://a.example/mcp" } } },
      "sse",
    ],
    ["a URL under another name", { mcpServers: { docs: { serverUrl: "https://a.example/mcp" } } }, "auto"],
    [
      "one server.json",
      { name: "docs", remotes: [remote("streamable-http", "https://a.example/mcp")] },
      "http",
    ],
    ["a list of server.json", [{ name: "docs", remotes: [remote("sse", "https://a.example/mcp")] }], "sse"],
    [
      "the registry's answer",
      {
        servers: [{ server: { name: "docs", remotes: [remote("sse", "https://a.example/mcp")] }, _meta: {} }],
        metadata: {},
      },
      "sse",
    ],
  ])("%s gives its endpoint", (_name, content, transport) => {
    expect(read(content)).toEqual([
      { kind: "endpoint", name: "docs", url: "https://a.example/mcp", transport, note: null },
    ]);
  });

  test.each([
    ["a command in an mcp.json", { mcpServers: { files: { command: "npx", args: ["files"] } } }],
    ["a server.json with packages only", { name: "files", packages: [{ registryType: "npm" }] }],
  ])("%s is refused with the sentence why", (_name, content) => {
    expect(read(content)).toEqual([{ kind: "refused", name: "files", reason: STDIO_REASON }]);
  });

  test("packages are never probed, not even when they name a loopback URL", () => {
    const packages = [{ registryType: "npm", transport: { type: "sse", url: "http://127.0.0.1:3000/sse" } }];
    expect(read({ name: "files", packages })).toMatchObject([{ kind: "refused" }]);
  });

  test.each([
    ["https://{tenant}.example/mcp"],
    ["https://a.example/$" + "{KEY}/mcp"],
    ["https://a.example/$KEY"],
  ])("%s is a template and refused, never probed as it stands", (url) => {
    expect(read({ mcpServers: { docs: { url } } })).toMatchObject([
      { kind: "refused", reason: expect.stringContaining(url) },
    ]);
  });

  test("several remotes of one server are several endpoints with names that tell them apart", () => {
    const remotes = [
      remote("streamable-http", "https://a.example/mcp"),
      remote("sse", "https://a.example/sse"),
    ];
    expect(read({ name: "x/docs", title: "Docs", remotes }).map(({ name }) => name)).toEqual([
      "Docs (streamable-http)",
      "Docs (sse)",
    ]);
  });

  test("headers are not imported and that is said", () => {
    const content = {
      mcpServers: { docs: { url: "https://a.example/mcp", headers: { Authorization: "Bearer x" } } },
    };
    const [entry] = read(content);
    expect(entry).toMatchObject({ kind: "endpoint", note: expect.stringContaining("headers") });
    expect(JSON.stringify(entry)).not.toContain("Bearer x");
  });

  test.each([["{}"], ["[]"], ["null"], ['{"name":"docs"}'], ["not json"]])(
    "%s is refused as a whole",
    (text) => {
      expect(() => readImportFile(text)).toThrow();
    },
  );
});

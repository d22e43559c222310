import { newEndpointSchema } from "@alivemcp/core/endpoint-input";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ImportEntry, readImport } from "./read-import.ts";
import { STDIO_REASON } from "./read-json-import.ts";

const MAX = 500;
const read = (text: string) => readImport(text, MAX);
const entriesOf = (text: string): readonly ImportEntry[] => {
  const answer = read(text);
  if (answer.kind === "refused") {
    throw new Error(answer.reason);
  }
  return answer.entries;
};
const json = (content: unknown) => entriesOf(JSON.stringify(content));
const remote = (type: string, url: string, headers?: object[]) => ({
  type,
  url,
  ...(headers ? { headers } : {}),
});

describe("JSON", () => {
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
    expect(json(content)).toEqual([
      {
        kind: "endpoint",
        line: null,
        name: "docs",
        body: { name: "docs", url: "https://a.example/mcp", transport },
        note: null,
      },
    ]);
  });

  test.each([
    ["a command in an mcp.json", { mcpServers: { files: { command: "npx", args: ["files"] } } }],
    ["a server.json with packages only", { name: "files", packages: [{ registryType: "npm" }] }],
  ])("%s is refused with the sentence why", (_name, content) => {
    expect(json(content)).toEqual([{ kind: "refused", line: null, name: "files", reason: STDIO_REASON }]);
  });

  test("packages are never probed, not even when they name a loopback URL", () => {
    const packages = [{ registryType: "npm", transport: { type: "sse", url: "http://127.0.0.1:3000/sse" } }];
    expect(json({ name: "files", packages })).toMatchObject([{ kind: "refused" }]);
  });

  test.each([
    ["https://{tenant}.example/mcp"],
    ["https://a.example/$" + "{KEY}/mcp"],
    ["https://a.example/$KEY"],
  ])("%s is a template and refused, never probed as it stands", (url) => {
    expect(json({ mcpServers: { docs: { url } } })).toMatchObject([
      { kind: "refused", reason: expect.stringContaining(url) },
    ]);
  });

  test("several remotes of one server are several endpoints with names that tell them apart", () => {
    const remotes = [
      remote("streamable-http", "https://a.example/mcp"),
      remote("sse", "https://a.example/sse"),
    ];
    expect(json({ name: "x/docs", title: "Docs", remotes }).map(({ name }) => name)).toEqual([
      "Docs (streamable-http)",
      "Docs (sse)",
    ]);
  });

  test("headers are not imported, and that is said", () => {
    const headers = { Authorization: "Bearer x" };
    const [entry] = json({ mcpServers: { docs: { url: "https://a.example/mcp", headers } } });
    expect(entry).toMatchObject({ kind: "endpoint", note: expect.stringContaining("credential") });
    expect(JSON.stringify(entry)).not.toContain("Bearer x");
  });

  test("one bad entry refuses itself only; the same URL is taken once", () => {
    const entries = json({
      mcpServers: {
        good: { url: "https://a.example/mcp" },
        ftp: { url: "ftp://a.example/mcp" },
        login: { url: "https://u:p@a.example/mcp" },
        again: { url: "https://A.example:443/mcp/" },
        list: [],
      },
    });
    expect(entries.map(({ kind }) => kind)).toEqual(["endpoint", "refused", "refused", "refused", "refused"]);
    expect(entries[3]).toMatchObject({ reason: expect.stringContaining("good") });
  });

  test.each([["{}"], ["[]"], ["[null]"], ['{"name":"docs"}'], ["{not json"], ['{"mcpServers":{}}']])(
    "%s is refused as a whole",
    (text) => {
      expect(read(text)).toMatchObject({ kind: "refused", reason: expect.stringMatching(/\.$/) });
    },
  );
});

describe("CSV", () => {
  const HEADER = "url,name,transport,visibility,cadence_s,tags,group";
  const whole = {
    url: "https://a.example/mcp",
    name: 'Docs, "the" server',
    transport: "http",
    visibility: "unlisted",
    cadence_s: 300,
    tags: ["money", "prod"],
    group: "Core",
  };

  test.each([
    ["commas", `${HEADER}\nhttps://a.example/mcp,"Docs, ""the"" server",HTTP,unlisted,300,prod|money,Core\n`],
    [
      "a byte order mark and CRLF",
      `\uFEFF${HEADER}\r\nhttps://a.example/mcp,"Docs, ""the"" server",http,unlisted,300,"prod,money",Core\r\n`,
    ],
    [
      "semicolons",
      `${HEADER.replaceAll(",", ";")}\nhttps://a.example/mcp;"Docs, ""the"" server";http;unlisted;300;prod|money;Core`,
    ],
    [
      "tabs and columns in another order",
      'group\tname\turl\tcadence_s\ttags\ttransport\tvisibility\nCore\t"Docs, ""the"" server"\thttps://a.example/mcp\t300\tprod|money\thttp\tunlisted',
    ],
  ])("with %s gives the same endpoint", (_name, text) => {
    expect(entriesOf(text)).toMatchObject([{ kind: "endpoint", line: 2, name: whole.name, body: whole }]);
  });

  test("empty cells are defaults, and a table of URLs alone is enough", () => {
    expect(entriesOf("URL\nhttps://a.example/mcp\n\nhttps://b.example/mcp")).toMatchObject([
      { line: 2, body: { url: "https://a.example/mcp" } },
      { line: 4, body: { url: "https://b.example/mcp" } },
    ]);
  });

  test.each([
    ["a cadence that divides no day", "https://a.example/mcp,,,,61,,", /cadence_s: .*divide a day/],
    ["a cadence that is no number", "https://a.example/mcp,,,,often,,", /cadence_s: .*seconds/],
    ["an unknown transport", "https://a.example/mcp,,stdio,,,,", /transport: .*one of/],
    ["a command", "npx -y files,,,,,,", /stdio/],
    ["too many fields", "https://a.example/mcp,a,http,unlisted,60,x,y,z", /8 fields/],
    ["a URL that is none", "nonsense,,,,,,", /not a URL/],
    ["a control character", "https://a.example/mcp,a\u0001b,,,,,", /name: .*control/],
  ])("a line with %s is refused with its number, the next one is not", (_name, line, reason) => {
    expect(entriesOf(`${HEADER}\n${line}\nhttps://good.example/mcp,,,,,,`)).toMatchObject([
      { kind: "refused", line: 2, reason: expect.stringMatching(reason) },
      { kind: "endpoint", line: 3 },
    ]);
  });

  test.each([
    ["no header", "https://a.example/mcp,Docs"],
    ["a header without url", "name,tags\nDocs,prod"],
    ["a column we do not know", "url,password\nhttps://a.example/mcp,hunter2"],
    ["a column twice", "url,url\nhttps://a.example/mcp,x"],
    ["a quote that never ends", 'url,name\nhttps://a.example/mcp,"Docs'],
    ["only a header", "url,name\n"],
    ["nothing", " \n "],
  ])("with %s is refused as a whole", (_name, text) => {
    expect(read(text)).toMatchObject({ kind: "refused", reason: expect.stringMatching(/\.$/) });
  });
});

test("more than may be at once is refused as a whole, in either format", () => {
  const urls = Array.from({ length: MAX + 1 }, (_, n) => `https://a${n}.example/mcp`);
  for (const text of [
    `url\n${urls.join("\n")}`,
    JSON.stringify({ mcpServers: Object.fromEntries(urls.map((url) => [url, { url }])) }),
  ]) {
    expect(read(text)).toMatchObject({ kind: "refused", reason: expect.stringContaining("500") });
  }
  expect(entriesOf(`url\n${urls.slice(1).join("\n")}`)).toHaveLength(MAX);
});

test("whatever the text is, it is refused in a sentence or read into entries that the schema takes", () => {
  const nearly = fc.oneof(
    fc.string({ maxLength: 300, unit: "binary" }),
    fc.json({ maxDepth: 5 }),
    fc.record({ mcpServers: fc.dictionary(fc.string(), fc.anything()) }).map((value) => {
      try {
        return JSON.stringify(value) ?? "";
      } catch {
        return "{";
      }
    }),
    fc
      .array(
        fc.array(
          fc.constantFrom("url", "https://a.example/x", '"', ",", ";", "\n", "name", "\u0000", "\ud800", "é"),
          { maxLength: 12 },
        ),
        { maxLength: 8 },
      )
      .map((rows) => `url,name\n${rows.map((row) => row.join("")).join("\n")}`),
  );
  fc.assert(
    fc.property(nearly, (text) => {
      const answer = read(text);
      if (answer.kind === "refused") {
        expect(answer.reason).toMatch(/\S/);
        return;
      }
      for (const entry of answer.entries) {
        expect(entry.name).toMatch(/^[^\p{Cc}\p{Cs}]{1,200}$/u);
        if (entry.kind === "endpoint") {
          expect(newEndpointSchema.safeParse(entry.body).success).toBe(true);
        }
      }
    }),
    { numRuns: 500 },
  );
});

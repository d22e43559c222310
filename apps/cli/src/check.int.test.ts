/** `alivemcp check` against servers that behave and servers that do not: exit codes, JSON, baselines, secrets. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  INITIALIZED,
  legacyEndpoint,
  modernEndpoint,
  ssePairEndpoint,
  TOOLS,
} from "../../../services/probe/test/servers/endpoints.ts";
import {
  type Answer,
  openStub,
  type Stub,
  sendError,
  sendResult,
} from "../../../services/probe/test/servers/stub.ts";
import { runInTerminal } from "../test/run-in-terminal.ts";

const stubs: Stub[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "alivemcp-cli-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all(stubs.splice(0).map((stub) => stub.close()));
});

async function serve(answer: Answer): Promise<Stub> {
  const stub = await openStub(answer);
  stubs.push(stub);
  return stub;
}
const check = (url: string, ...options: string[]) =>
  runInTerminal(["check", url, "--allow-private", ...options]);
const checkJson = async (url: string, ...options: string[]) => {
  const { exitCode, out } = await check(url, "--json", ...options);
  return { exitCode, report: JSON.parse(out) as Record<string, unknown> };
};
const withTools = (tools: readonly unknown[]) =>
  legacyEndpoint({ "tools/list": (asked, response) => sendResult(response, asked, { tools }) });
const wall: Answer = (_asked, response) => {
  response.writeHead(401, { "www-authenticate": 'Bearer realm="demo"' }).end();
};

describe("the exit code is the state", () => {
  const CASES: readonly (readonly [string, Answer, number, Record<string, unknown>])[] = [
    ["a legacy endpoint", legacyEndpoint(), 0, { state: "up", era: "legacy", transport: "http" }],
    [
      "a modern endpoint",
      modernEndpoint(),
      0,
      { state: "up", era: "modern", protocol_version: "2026-07-28" },
    ],
    ["a login wall with a challenge", wall, 0, { state: "auth_walled", auth_required: true }],
    [
      "a rate limit",
      (_asked, response) => void response.writeHead(429, { "retry-after": "1" }).end(),
      1,
      { state: "degraded", failure_reason: "rate_limited" },
    ],
    [
      "a broken handshake behind HTTP 200",
      legacyEndpoint({ initialize: (asked, response) => sendError(response, asked, 200, -32603) }),
      2,
      { state: "down", failure_layer: "protocol" },
    ],
    [
      "a web page",
      (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>hello"),
      2,
      { state: "down", failure_reason: "not_mcp" },
    ],
  ];
  test.each(CASES)("%s", async (_name, answer, exitCode, expected) => {
    const { url } = await serve(answer);
    expect(await checkJson(url)).toMatchObject({ exitCode, report: expected });
  });

  test("nobody listens", async () => {
    const { url, close } = await openStub(legacyEndpoint());
    await close();
    expect(await checkJson(url)).toMatchObject({
      exitCode: 2,
      report: { state: "down", failure_reason: "connection_refused", failure_layer: "tcp" },
    });
  });

  test("interrupted is unknown: it says nothing about the endpoint", async () => {
    const { url } = await serve(() => {});
    const { exitCode } = await runInTerminal(["check", url, "--allow-private"], { interruptAfterMs: 300 });
    expect(exitCode).toBe(3);
  });
});

test("--json prints one object with the promised keys and nothing else", async () => {
  const { url } = await serve(legacyEndpoint());
  const { out, err } = await check(url, "--json");
  expect(err).toBe("");
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    url,
    state: "up",
    failure_reason: null,
    failure_layer: null,
    auth_required: false,
    era: "legacy",
    protocol_version: "2025-06-18",
    transport: "http",
    server: { name: "stub", version: "1.2.3" },
    tools_count: 2,
    contract_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    full_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    latency_ms: expect.any(Number),
  });
  for (const step of report.steps) {
    expect(Object.keys(step).toSorted()).toEqual(["detail", "ms", "ok", "step"]);
  }
  expect(report.steps.map((step: { step: string }) => step.step)).toContain("tools_list");
});

test("the waterfall names the verdict, every step and the server", async () => {
  const { url } = await serve(legacyEndpoint());
  const { out } = await check(url);
  for (const part of ["✓ up", "tcp", "handshake", "tools_list", "stub 1.2.3", "legacy era, 2025-06-18"]) {
    expect(out).toContain(part);
  }
});

test("--transport sse speaks the old pair, and auto finds it", async () => {
  const { origin } = await serve(ssePairEndpoint());
  for (const transport of ["sse", "auto"]) {
    expect(await checkJson(`${origin}/sse`, "--transport", transport)).toMatchObject({
      exitCode: 0,
      report: { transport: "sse" },
    });
  }
});

describe("secrets reach the endpoint and nobody else", () => {
  const SECRET = "s3cret-token-that-nobody-sees";
  const behindWall = (name: string, value: string) => {
    const inside = legacyEndpoint();
    return (...[asked, response]: Parameters<Answer>) =>
      asked.headers[name] === value ? inside(asked, response) : wall(asked, response);
  };
  test.each([
    ["--bearer-env", ["--bearer-env", "TOKEN"], "authorization", `Bearer ${SECRET}`],
    ["--bearer", ["--bearer", SECRET], "authorization", `Bearer ${SECRET}`],
    ["--header-env", ["--header-env", "X-Key: TOKEN"], "x-key", SECRET],
    ["--header", ["--header", `X-Key: ${SECRET}`], "x-key", SECRET],
  ])("%s", async (_name, options, header, value) => {
    const { url } = await serve(behindWall(header, value));
    const printed = await Promise.all(
      [[], ["--json"]].map((more) =>
        runInTerminal(["check", url, "--allow-private", ...options, ...more], { env: { TOKEN: SECRET } }),
      ),
    );
    expect(printed.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(JSON.stringify(printed)).not.toContain(SECRET);
  });

  test.each([
    ["--bearer-env", "TOKEN"],
    ["--header-env", "X-Key: TOKEN"],
  ])(
    "an endpoint that says what %s sent back does not get it printed, by the official clients neither",
    async (...option) => {
      const { url } = await serve((asked, response) => {
        const said = `bad: ${asked.headers.authorization} ${asked.headers["x-key"]}`;
        response.writeHead(500, { "content-type": "text/plain" }).end(said);
      });
      const printed = await Promise.all(
        [[], ["--json"]].map((more) =>
          runInTerminal(["check", url, "--allow-private", "--official-client", ...option, ...more], {
            env: { TOKEN: SECRET },
          }),
        ),
      );
      expect(printed.map(({ out }) => out.includes("bad:"))).toEqual([true, true]);
      expect(JSON.stringify(printed)).not.toContain(SECRET);
    },
  );

  test("a refused credential is 1: the wall is fine, the credential is not", async () => {
    const { url } = await serve(wall);
    const { exitCode, report } = await checkJson(url, "--bearer", "wrong");
    expect({ exitCode, reason: report.failure_reason }).toEqual({
      exitCode: 1,
      reason: "credential_rejected",
    });
  });
});

describe("a baseline is a gate", () => {
  const [add, echo] = TOOLS;
  const saved = async (): Promise<string> => {
    const path = join(folder, "baseline.json");
    const { url } = await serve(withTools(TOOLS));
    expect((await check(url, "--save-baseline", path)).exitCode).toBe(0);
    return path;
  };

  test.each([
    ["the same list in another order passes", [echo, add], 0, []],
    ["a tool more passes", [add, echo, { ...echo, name: "more" }], 0, ["tool_added"]],
    ["a tool less is breaking", [add], 1, ["tool_removed"]],
  ])("%s", async (_name, tools, exitCode, kinds) => {
    const path = await saved();
    const { url } = await serve(withTools(tools));
    const answer = await checkJson(url, "--baseline", path);
    const drift = answer.report.drift as { changes: { kind: string }[]; isBreaking: boolean };
    expect(answer.exitCode).toBe(exitCode);
    expect(drift.changes.map(({ kind }) => kind)).toEqual(kinds);
  });

  test("comparing and saving in one go compares with what was there before", async () => {
    const path = await saved();
    const { url } = await serve(withTools([add]));
    expect((await check(url, "--baseline", path, "--save-baseline", path)).exitCode).toBe(1);
    expect(JSON.parse(readFileSync(path, "utf8")).tools).toHaveLength(1);
  });

  test("an endpoint that is down is 2, says why, and leaves the saved baseline alone", async () => {
    const path = await saved();
    const before = readFileSync(path, "utf8");
    const { url } = await serve((_asked, response) => void response.writeHead(404).end());
    const { exitCode, out, err } = await check(url, "--save-baseline", path);
    expect(exitCode).toBe(2);
    expect(out).toContain("http_404");
    expect(err).toContain("nothing saved");
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("a list that could not be read never passes the gate", async () => {
    const path = await saved();
    const { url } = await serve(wall);
    const { exitCode, err } = await check(url, "--baseline", path);
    expect(exitCode).toBe(3);
    expect(err).toContain("not compared");
    expect(await checkJson(url, "--baseline", path)).toMatchObject({ exitCode: 3, report: { drift: null } });
  });

  test.each([
    ["missing", null],
    ["no JSON", "{"],
    ["another file", '{"hello":1}'],
  ])("a baseline that is %s is a wrong command line, and nothing is probed", async (_name, content) => {
    const path = join(folder, "wrong.json");
    if (content !== null) {
      writeFileSync(path, content);
    }
    const stub = await serve(legacyEndpoint());
    const { exitCode, err } = await check(stub.url, "--baseline", path);
    expect(exitCode).toBe(64);
    expect(err).toContain("--baseline");
    expect(stub.asked).toHaveLength(0);
  });
});

describe("a tool is called only when it is named", () => {
  const health = { name: "health_check", inputSchema: { type: "object" } };
  const called = async (...options: string[]) => {
    const stub = await serve(
      legacyEndpoint({
        "tools/list": (asked, response) => sendResult(response, asked, { tools: [health] }),
        "tools/call": (asked, response) =>
          sendResult(response, asked, { content: [{ type: "text", text: "sick" }], isError: true }),
      }),
    );
    const { exitCode } = await check(stub.url, ...options);
    return { exitCode, calls: stub.asked.filter(({ rpc }) => rpc === "tools/call").length };
  };
  test("not even health_check by itself", async () => {
    expect(await called()).toEqual({ exitCode: 0, calls: 0 });
  });
  test("with --tool, and a tool that reports an error degrades", async () => {
    expect(await called("--tool", "health_check")).toMatchObject({ exitCode: 1 });
  });
});

describe("a wrong command line is 64, with a sentence, and sends nothing", () => {
  test.each([
    ["a loopback address", ["check", "http://127.0.0.1:4401/mcp"], "--allow-private"],
    ["a private address", ["check", "http://10.1.2.3/mcp"], "--allow-private"],
    ["a stdio command", ["check", "npx -y server"], "stdio"],
    ["another scheme", ["check", "ftp://example.com/"], "http"],
    ["credentials in the URL", ["check", "https://u:p@example.com/"], "password"],
    ["a URL too long", ["check", `https://example.com/${"x".repeat(2_048)}`], "2048"],
    ["no URL", ["check"], "url"],
    ["an unknown transport", ["check", "https://example.com", "--transport", "stdio"], "transport"],
    ["an unknown option", ["check", "https://example.com", "--frob"], "--frob"],
    ["an unknown command", ["frob"], "frob"],
    ["a timeout out of range", ["check", "https://example.com", "--timeout", "31"], "1 to 30"],
    ["a header without a colon", ["check", "http://127.0.0.1/", "--header", "broken"], "--header"],
    ["a variable that is not set", ["check", "http://127.0.0.1/", "--bearer-env", "NOPE"], "NOPE"],
    [
      "both kinds of bearer",
      ["check", "http://127.0.0.1/", "--bearer", "a", "--bearer-env", "B"],
      "--bearer",
    ],
    ["no command", [], "Usage"],
  ])("%s", async (_name, args, part) => {
    const { exitCode, err, out } = await runInTerminal(args);
    expect({ exitCode, out }).toEqual({ exitCode: 64, out: "" });
    expect(err).toContain(part);
  });
});

test("what an endpoint calls itself cannot steer the terminal", async () => {
  const { url } = await serve(
    legacyEndpoint({
      initialize: (asked, response) =>
        sendResult(response, asked, {
          ...INITIALIZED,
          serverInfo: { name: "\u001b[2Jgone\u0007", version: "1\r\n✓ fake" },
        }),
    }),
  );
  const { out } = await check(url);
  expect(out).not.toContain("\u001b");
  expect(out.split("\n").some((line) => line.trimStart().startsWith("✓ fake"))).toBe(false);
});

test("--official-client says side by side what the two official clients got", async () => {
  const { url } = await serve(legacyEndpoint());
  const { exitCode, report } = await checkJson(url, "--official-client");
  expect(exitCode).toBe(0);
  expect(report.official_clients).toMatchObject([
    { client: expect.stringContaining("v1"), outcome: "connected", tools_count: 2 },
    { client: expect.stringContaining("v2"), outcome: "connected", tools_count: 2 },
  ]);
});

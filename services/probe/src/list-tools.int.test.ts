import { afterEach, describe, expect, test } from "vitest";
import { probeOnce, testDeps } from "../test/probe-once.ts";
import { INITIALIZED, legacyEndpoint, modernEndpoint, TOOLS } from "../test/servers/endpoints.ts";
import { type Answer, type Asked, openStub, type Stub, sendError, sendResult } from "../test/servers/stub.ts";

const opened: Stub[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((stub) => stub.close()));
});

async function stub(answer: Answer): Promise<Stub> {
  const server = await openStub(answer);
  opened.push(server);
  return server;
}

const listing = (list: (asked: Asked) => unknown) =>
  stub(legacyEndpoint({ "tools/list": (asked, response) => sendResult(response, asked, list(asked)) }));

describe("the tool list", () => {
  test("is read to the last page; the empty cursor is a cursor", async () => {
    const pages: Record<string, unknown> = {
      first: { tools: TOOLS, nextCursor: "" },
      "": { tools: [{ name: "third", inputSchema: { type: "object" } }], nextCursor: "b" },
      b: { tools: [{ name: "fourth", inputSchema: { type: "object" } }], nextCursor: null },
    };
    const server = await listing(({ params }) => pages[(params.cursor as string | undefined) ?? "first"]);
    const { finding, toolList } = await probeOnce(server.url);
    expect(finding).toMatchObject({ state: "up", toolsCount: 4 });
    expect(toolList?.length).toBe(4);
    expect(finding.lints.join()).toContain("null_cursor");
  });

  test("has one hash, however it is cut, ordered or written", async () => {
    const [a, b] = TOOLS;
    const reordered = { inputSchema: a?.inputSchema, description: a?.description, name: a?.name };
    const whole = await listing(() => ({ tools: [a, b] }));
    const cut = await listing(({ params }) =>
      params.cursor === "x" ? { tools: [reordered] } : { tools: [b], nextCursor: "x" },
    );
    const first = await probeOnce(whole.url);
    const second = await probeOnce(cut.url);
    expect(second.finding.fullHash).toBe(first.finding.fullHash);
    expect(second.finding.contractHash).toBe(first.finding.contractHash);
  });

  test("comes with the answer when it differs from the known one, and only then", async () => {
    let tools: unknown[] = TOOLS;
    const server = await listing(() => ({ tools }));
    const deps = testDeps();
    const { finding } = await probeOnce(server.url, {}, deps);
    const known = { lastFullHash: finding.fullHash };
    expect((await probeOnce(server.url, known, deps)).toolList).toBeNull();
    tools = [TOOLS[1]];
    expect((await probeOnce(server.url, known, deps)).toolList).toEqual([TOOLS[1]]);
    tools = TOOLS;
    expect((await probeOnce(server.url, { lastFullHash: "0".repeat(64) }, deps)).toolList).toEqual(TOOLS);
  });

  type Row = readonly [name: string, list: (asked: Asked) => unknown, judged: string];
  const many = (count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => ({
      name: `t${from + index}`,
      inputSchema: { type: "object" },
    }));
  const ROWS: readonly Row[] = [
    ["no list", () => ({}), "down tools_list_malformed tools_list_invalid"],
    ["a list that is an object", () => ({ tools: {} }), "down tools_list_malformed tools_list_invalid"],
    [
      "a cursor that is a number",
      () => ({ tools: [], nextCursor: 7 }),
      "down tools_list_malformed tools_list_invalid",
    ],
    [
      "the same cursor twice",
      () => ({ tools: many(1), nextCursor: "again" }),
      "down tools_list_malformed pagination_runaway",
    ],
    [
      "pages without end",
      ({ params }) => ({ tools: many(1), nextCursor: `${params.cursor ?? ""}x` }),
      "down tools_list_malformed pagination_runaway",
    ],
    ["6,000 tools", () => ({ tools: many(6_000) }), "down tools_list_malformed pagination_runaway"],
    ["no tool where tools were promised", () => ({ tools: [] }), "degraded tools_list_malformed tools_empty"],
    [
      "a tool without a schema",
      () => ({ tools: [...TOOLS, { name: "bad" }] }),
      "degraded tools_list_malformed tool_invalid: bad",
    ],
    ["a tool that is null", () => ({ tools: [null] }), "degraded tools_list_malformed tool_invalid: #0"],
  ];
  test.each(ROWS)("%s", async (_name, list, judged) => {
    const server = await listing(list);
    const { finding } = await probeOnce(server.url);
    expect(`${finding.state} ${finding.reason} ${finding.detail}`).toBe(judged);
    expect(finding.layer).toBe("tools_list");
  });

  test("may be empty where it always was", async () => {
    const server = await listing(() => ({ tools: [] }));
    expect((await probeOnce(server.url, { isToolListEmptyAtBaseline: true })).finding.state).toBe("up");
  });

  test("is not asked for where no tools are promised", async () => {
    const server = await stub(
      legacyEndpoint({
        initialize: (asked, response) => sendResult(response, asked, { ...INITIALIZED, capabilities: {} }),
      }),
    );
    const { finding } = await probeOnce(server.url);
    expect(finding).toMatchObject({
      state: "up",
      detail: "tools_not_offered",
      toolsCount: null,
      fullHash: null,
    });
    expect(server.asked.some(({ rpc }) => rpc === "tools/list")).toBe(false);
  });

  test("that is refused fails the endpoint, with the code for people", async () => {
    const server = await stub(
      legacyEndpoint({ "tools/list": (asked, response) => sendError(response, asked, 404, -32601) }),
    );
    expect((await probeOnce(server.url)).finding).toMatchObject({
      state: "down",
      reason: "tools_list_failed",
      detail: "tools_list_error -32601",
    });
  });

  test("that is lost with every session is named so", async () => {
    const server = await stub(
      legacyEndpoint({ "tools/list": (asked, response) => sendError(response, asked, 404, -32001) }),
    );
    expect((await probeOnce(server.url)).finding).toMatchObject({
      reason: "tools_list_failed",
      detail: "session_lost -32001",
    });
  });

  test("that fails after initialized was refused only degrades", async () => {
    const server = await stub(
      legacyEndpoint({
        "notifications/initialized": (_asked, response) => void response.writeHead(500).end(),
        "tools/list": (_asked, response) => void response.writeHead(500).end(),
      }),
    );
    expect((await probeOnce(server.url)).finding).toMatchObject({
      state: "degraded",
      reason: "tools_list_failed",
      detail: "initialized_rejected",
    });
  });
});

describe("the health tool", () => {
  const healthCheck = { name: "health_check", inputSchema: { type: "object" } };
  const withHealth = (answer: Answer, tool: unknown = healthCheck) =>
    stub(
      legacyEndpoint({
        "tools/list": (asked, response) => sendResult(response, asked, { tools: [...TOOLS, tool] }),
        "tools/call": answer,
      }),
    );
  const well: Answer = (asked, response) =>
    sendResult(response, asked, { content: [{ type: "text", text: "ok" }] });
  const called = (server: Stub) => server.asked.filter(({ rpc }) => rpc === "tools/call").length;

  test("is called when it is listed and takes no arguments, known list or not", async () => {
    const server = await withHealth(well);
    const deps = testDeps();
    const first = await probeOnce(server.url, { health: { kind: "auto" } }, deps);
    const second = await probeOnce(
      server.url,
      { health: { kind: "auto" }, lastFullHash: first.finding.fullHash },
      deps,
    );
    expect([first.finding.state, second.finding.state]).toEqual(["up", "up"]);
    expect(called(server)).toBe(2);
  });

  test("is not called where nobody allowed it, nor with required arguments", async () => {
    const server = await withHealth(well);
    await probeOnce(server.url);
    const demanding = await withHealth(well, {
      ...healthCheck,
      inputSchema: { type: "object", required: ["x"] },
    });
    await probeOnce(demanding.url, { health: { kind: "auto" } });
    expect([called(server), called(demanding)]).toEqual([0, 0]);
  });

  type Row = readonly [name: string, answer: Answer, judged: string];
  const ROWS: readonly Row[] = [
    [
      "isError",
      (asked, response) => sendResult(response, asked, { isError: true, content: [] }),
      "degraded health_check_failed tool_error",
    ],
    [
      "an error",
      (asked, response) => sendError(response, asked, 200, -32602),
      "degraded health_check_failed health_tool_rejected",
    ],
    [
      "nothing in the result",
      (asked, response) => sendResult(response, asked, {}),
      "degraded health_check_failed health_tool_malformed",
    ],
    [
      "input wanted",
      (asked, response) => sendResult(response, asked, { resultType: "input_required" }),
      "degraded health_check_failed health_tool_input_required",
    ],
    [
      "a failing server",
      (_asked, response) => void response.writeHead(502).end(),
      "degraded health_check_failed http_502",
    ],
    ["silence", () => {}, "degraded health_check_timeout health_tool_timeout"],
  ];
  test.each(ROWS)("%s: the protocol is alive, the application is sick", async (_name, answer, judged) => {
    const server = await withHealth(answer);
    const { finding } = await probeOnce(server.url, { health: { kind: "auto" }, budgetMs: 3_000 });
    expect(`${finding.state} ${finding.reason} ${finding.detail}`).toBe(judged);
    expect(finding).toMatchObject({ layer: "health", toolsCount: 3 });
  });

  test("a wall in front of calls only is a lint", async () => {
    const server = await withHealth((_asked, response) => void response.writeHead(401).end());
    const { finding } = await probeOnce(server.url, { health: { kind: "auto" } });
    expect(finding.state).toBe("up");
    expect(finding.lints.join()).toContain("auth_on_call");
  });

  test("the one its owner named is called with its arguments, repeated in headers where the modern wire wants them", async () => {
    const tool = {
      name: "status of säule",
      inputSchema: { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } },
    };
    const server = await stub(
      modernEndpoint({
        "tools/list": (asked, response) =>
          sendResult(response, asked, { resultType: "complete", tools: [tool] }),
        "tools/call": (asked, response) =>
          sendResult(response, asked, { resultType: "complete", content: [] }),
      }),
    );
    const named = {
      kind: "named",
      tool: tool.name,
      arguments: { region: "eu" },
      isReadOnlyConfirmed: true,
    } as const;
    const { finding } = await probeOnce(server.url, { health: named });
    expect(finding.state).toBe("up");
    const call = server.asked.at(-1);
    expect(call?.params).toMatchObject({ name: tool.name, arguments: { region: "eu" } });
    expect(call?.headers).toMatchObject({
      "mcp-param-region": "eu",
      "mcp-name": "=?base64?c3RhdHVzIG9mIHPDpHVsZQ==?=",
    });
  });

  test("one that only runs as a task is not called", async () => {
    const server = await withHealth(well, { ...healthCheck, execution: { taskSupport: "required" } });
    const { finding } = await probeOnce(server.url, {
      health: { kind: "named", tool: "health_check", arguments: {}, isReadOnlyConfirmed: true },
    });
    expect(finding).toMatchObject({ state: "degraded", detail: "health_tool_needs_task" });
    expect(called(server)).toBe(0);
  });

  test("one that is not there is told", async () => {
    const server = await stub(legacyEndpoint());
    const { finding } = await probeOnce(server.url, {
      health: { kind: "named", tool: "gone", arguments: {}, isReadOnlyConfirmed: true },
    });
    expect(finding).toMatchObject({
      state: "degraded",
      reason: "health_check_failed",
      detail: "health_tool_missing",
    });
  });
});

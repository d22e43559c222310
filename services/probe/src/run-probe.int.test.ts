import { probeFindingSchema } from "@alivemcp/core/pipeline";
import { afterEach, describe, expect, test } from "vitest";
import { probeOnce, testDeps } from "../test/probe-once.ts";
import { legacyEndpoint, modernEndpoint, ssePairEndpoint, TOOLS } from "../test/servers/endpoints.ts";
import { type Answer, openStub, type Stub, sendError, sendResult } from "../test/servers/stub.ts";

const opened: Stub[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((stub) => stub.close()));
});

async function stub(answer: Answer): Promise<Stub> {
  const server = await openStub(answer);
  opened.push(server);
  return server;
}

describe("an endpoint that is well", () => {
  const WELL = [
    [
      "legacy with JSON replies",
      legacyEndpoint(),
      { era: "legacy", transport: "http", protocolVersion: "2025-06-18" },
    ],
    ["legacy with SSE replies", legacyEndpoint({}, { isSse: true }), { era: "legacy", transport: "http" }],
    ["legacy without sessions", legacyEndpoint({}, { session: null }), { era: "legacy", transport: "http" }],
    ["modern only", modernEndpoint(), { era: "modern", transport: "http", protocolVersion: "2026-07-28" }],
    [
      "the old HTTP+SSE pair",
      ssePairEndpoint(),
      { era: "legacy", transport: "sse", protocolVersion: "2024-11-05" },
    ],
  ] as const;

  test.each(WELL)("%s is up, from nothing known about it", async (_name, answer, expected) => {
    const server = await stub(answer);
    const { finding, toolList } = await probeOnce(server.url);
    expect(finding).toMatchObject({ state: "up", reason: null, toolsCount: 2, ...expected });
    expect(toolList).toEqual(TOOLS);
    expect(finding.steps.every(({ ok }) => ok)).toBe(true);
    expect(probeFindingSchema.parse(finding)).toEqual(finding);
  });

  test.each(WELL)(
    "%s is up from memory, with nothing asked in another era",
    async (_name, answer, expected) => {
      const server = await stub(answer);
      const { finding } = await probeOnce(server.url, {
        remembered: { era: expected.era, transport: expected.transport, protocolVersion: "2025-06-18" },
      });
      expect(finding.state).toBe("up");
      const spoken = server.asked.map(({ rpc }) => rpc);
      expect(spoken.includes("server/discover")).toBe(expected.era === "modern");
      expect(spoken.includes("initialize")).toBe(expected.era === "legacy");
    },
  );

  test("is not asked for the same list twice: an unchanged list is known by its bytes", async () => {
    const server = await stub(legacyEndpoint());
    const deps = testDeps();
    const first = await probeOnce(server.url, {}, deps);
    const second = await probeOnce(server.url, { lastFullHash: first.finding.fullHash }, deps);
    expect(second.finding).toMatchObject({ state: "up", toolsCount: 2, fullHash: first.finding.fullHash });
    expect(second.toolList).toBeNull();
  });

  test("that forgot its era is found again within the same probe", async () => {
    const server = await stub(modernEndpoint());
    const { finding } = await probeOnce(server.url, {
      remembered: { era: "legacy", transport: "http", protocolVersion: "2025-06-18" },
    });
    expect(finding).toMatchObject({ state: "up", era: "modern" });
  });
});

describe("sessions", () => {
  test("every session is ended, also one handed out with an error", async () => {
    const server = await stub(
      legacyEndpoint({
        "server/discover": (asked, response) => {
          response.setHeader("mcp-session-id", "from-an-error");
          sendError(response, asked, 400, -32600);
        },
      }),
    );
    await probeOnce(server.url);
    const ended = server.asked
      .filter(({ method }) => method === "DELETE")
      .map(({ headers }) => headers["mcp-session-id"]);
    expect(ended.sort()).toEqual(["from-an-error", "session-1"]);
  });

  test("one that is lost gets a second handshake before anything is concluded", async () => {
    let lists = 0;
    const server = await stub(
      legacyEndpoint({
        "tools/list": (asked, response) => {
          lists += 1;
          if (lists === 1) {
            sendError(response, asked, 404, -32001, "Session not found");
          } else {
            sendResult(response, asked, { tools: TOOLS });
          }
        },
      }),
    );
    const { finding } = await probeOnce(server.url);
    expect(finding.state).toBe("up");
  });
});

describe("the second attempt", () => {
  test("heals a passing failure, which is kept as a mark", async () => {
    let asked = 0;
    const well = legacyEndpoint();
    const server = await stub((request, response) => {
      asked += 1;
      if (asked <= 2) {
        response.writeHead(503).end("starting");
      } else {
        well(request, response);
      }
    });
    const { finding } = await probeOnce(server.url, { hasSecondAttempt: true });
    expect(finding).toMatchObject({ state: "up", transientReason: "http_error" });
  });
});

import { createSecureContext } from "node:tls";
import { NO_EXPECTATIONS, probeFindingSchema } from "@alivemcp/core/pipeline";
import { afterEach, describe, expect, test } from "vitest";
import { createAuthority } from "../test/certificates.ts";
import { probeOnce, testDeps } from "../test/probe-once.ts";
import {
  INITIALIZED,
  legacyEndpoint,
  modernEndpoint,
  ssePairEndpoint,
  TOOLS,
} from "../test/servers/endpoints.ts";
import { type Answer, openStub, type Stub, sendError, sendResult } from "../test/servers/stub.ts";
import { createAddressGuard } from "./address-guard.ts";
import { checkTarget } from "./check-target.ts";
import type { Resolution } from "./resolve-host.ts";

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

  test("is made after one to three seconds and not more often than once", async () => {
    const server = await stub((_asked, response) => void response.writeHead(503).end());
    const { finding } = await probeOnce(server.url, { hasSecondAttempt: true, remembered: LEGACY });
    expect(finding).toMatchObject({ state: "down", reason: "http_error", transientReason: null });
    expect(server.asked.length).toBe(2);
    const tookMs = finding.observedAtMs - finding.startedAtMs;
    expect(tookMs).toBeGreaterThan(990);
    expect(tookMs).toBeLessThan(3_500);
  });

  test.each([
    ["a look", { hasSecondAttempt: false }, 503],
    ["a budget that is too short for it", { hasSecondAttempt: true, budgetMs: 2_500 }, 503],
    ["an answer that will be the same", { hasSecondAttempt: true }, 404],
  ])("is not made for %s", async (_name, request, status) => {
    const server = await stub((_asked, response) => void response.writeHead(status).end());
    await probeOnce(server.url, { ...request, transport: "http", remembered: { ...LEGACY, era: "modern" } });
    expect(server.asked.length).toBe(status === 404 ? 2 : 1);
  });
});

const LEGACY = { era: "legacy", transport: "http", protocolVersion: "2025-06-18" } as const;

describe("whatever happens, a probe ends with a finding", () => {
  test("when its budget is spent", async () => {
    const server = await stub(() => {});
    const { finding } = await probeOnce(server.url, { budgetMs: 500, remembered: LEGACY });
    expect(finding).toMatchObject({ state: "down", reason: "timeout", detail: "budget_spent" });
    expect(finding.observedAtMs - finding.startedAtMs).toBeLessThan(1_000);
  });

  test("when it is aborted, and the sessions it was given are ended all the same", async () => {
    const server = await stub(legacyEndpoint({ "tools/list": () => {} }));
    const abort = new AbortController();
    const ending = probeOnce(server.url, { remembered: LEGACY }, { ...testDeps(), signal: abort.signal });
    await expect.poll(() => server.asked.some(({ rpc }) => rpc === "tools/list")).toBe(true);
    abort.abort();
    const { finding } = await ending;
    expect(finding).toMatchObject({ state: "unknown", reason: "probe_error", detail: "probe_aborted" });
    expect(server.asked.some(({ method }) => method === "DELETE")).toBe(true);
  });

  test("when it was aborted before it began, with nothing sent", async () => {
    const server = await stub(legacyEndpoint());
    const { finding } = await probeOnce(server.url, {}, { ...testDeps(), signal: AbortSignal.abort() });
    expect(finding).toMatchObject({ state: "unknown", detail: "probe_aborted" });
    expect(server.asked).toEqual([]);
  });

  test("when an endpoint hangs on the end of its session", async () => {
    const server = await stub(legacyEndpoint({ DELETE: () => {} }));
    const startedMs = performance.now();
    const { finding } = await probeOnce(server.url, { remembered: LEGACY });
    expect(finding.state).toBe("up");
    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(finding.steps.at(-1)).toMatchObject({ step: "close", ok: false });
  });

  test("when something in here breaks, or the URL is none", async () => {
    const broken = testDeps({
      toolListCache: {
        get: () => {
          throw new Error("a bug of ours");
        },
        set: () => {},
      },
    });
    const server = await stub(legacyEndpoint());
    for (const { finding } of [
      await probeOnce("not a url"),
      await probeOnce("ftp://example.com/"),
      await probeOnce(server.url, { remembered: LEGACY }, broken),
    ]) {
      expect(probeFindingSchema.parse(finding)).toMatchObject({ state: "unknown", reason: "probe_error" });
    }
  });

  test("when the target is private: nothing is sent", async () => {
    const server = await stub(legacyEndpoint());
    const closed = { ...testDeps(), guard: createAddressGuard({ allowCidrs: [] }) };
    const { finding } = await probeOnce(server.url, {}, closed);
    expect(finding).toMatchObject({ state: "down", reason: "target_blocked", layer: "dns" });
    expect(server.connections()).toBe(0);
  });

  test("when a name that was public at registration leads inside by now: nothing is sent", async () => {
    const server = await stub(legacyEndpoint());
    const { port } = new URL(server.url);
    const names = new Map([["mcp.example", "93.184.216.34"]]);
    const deps = {
      ...testDeps(),
      guard: createAddressGuard({ allowCidrs: [] }),
      resolve: (hostname: string) =>
        Promise.resolve<Resolution>({ kind: "resolved", addresses: [names.get(hostname) ?? "127.0.0.1"] }),
    };
    const url = `http://mcp.example:${port}/mcp`;
    expect(await checkTarget(deps, url)).toMatchObject({ kind: "accepted", url });
    names.set("mcp.example", "127.0.0.1");
    const { finding } = await probeOnce(url, {}, deps);
    expect(finding).toMatchObject({ state: "down", reason: "target_blocked", detail: "target_forbidden" });
    expect(server.connections()).toBe(0);
  });

  test("when the name of a health URL leads inside by now: nothing is sent there", async () => {
    const server = await stub(legacyEndpoint());
    const inside = await stub((_asked, response) => void response.writeHead(200).end());
    const deps = {
      ...testDeps({ guard: createAddressGuard({ allowCidrs: ["127.0.0.1/32"] }) }),
      resolve: (hostname: string) =>
        Promise.resolve<Resolution>({
          kind: "resolved",
          addresses: [hostname === "status.example" ? "127.0.0.2" : hostname],
        }),
    };
    const healthUrls = [
      { position: 1, url: `http://status.example:${new URL(inside.url).port}/`, isStatusChecked: true },
    ];
    const { finding } = await probeOnce(
      server.url,
      { expectations: { ...NO_EXPECTATIONS, healthUrls } },
      deps,
    );
    expect(finding).toMatchObject({ state: "degraded", detail: "health_url 1: target_forbidden" });
    expect(inside.connections()).toBe(0);
  });
});

describe("what a probe tells as it goes", () => {
  test("each step when it ends, and all of them again in the finding", async () => {
    const server = await stub(legacyEndpoint());
    const live: string[] = [];
    const { finding } = await probeOnce(
      server.url,
      {},
      { ...testDeps(), onStep: ({ step }) => live.push(step) },
    );
    expect(live).toEqual([
      "dns",
      "tcp",
      "http",
      "detect",
      "handshake",
      "initialized",
      "tools_list",
      "hash",
      "close",
    ]);
    expect(finding.steps.map(({ step }) => step)).toEqual(live);
  });

  test("that bytes arrive", async () => {
    const server = await stub(legacyEndpoint());
    let arrivals = 0;
    await probeOnce(server.url, { remembered: LEGACY }, { ...testDeps(), onBytes: () => (arrivals += 1) });
    expect(arrivals).toBeGreaterThanOrEqual(server.asked.length);
  });

  test("latency is the handshake's, without what came before it", async () => {
    const server = await stub(
      legacyEndpoint({
        initialize: (asked, response) => void setTimeout(() => sendResult(response, asked, INITIALIZED), 200),
      }),
    );
    const { finding } = await probeOnce(server.url, { remembered: LEGACY });
    expect(finding.latencyMs).toBeGreaterThan(195);
    expect(finding.latencyMs).toBeLessThan(450);
  });

  test("a handshake slower than five seconds is a finding of its own", async () => {
    const server = await stub(
      legacyEndpoint({
        initialize: (asked, response) =>
          void setTimeout(() => sendResult(response, asked, INITIALIZED), 5_100),
      }),
    );
    const { finding } = await probeOnce(server.url, { remembered: LEGACY });
    expect(finding).toMatchObject({ state: "degraded", reason: "latency", layer: "latency", toolsCount: 2 });
  });

  test("over https, when the certificate ends", async () => {
    const notAfterMs = Math.floor(Date.now() / 1_000) * 1_000 + 3 * 86_400_000;
    const authority = await createAuthority();
    const certificate = await authority.issue({ names: ["localhost"], notAfterMs });
    const server = await openStub(legacyEndpoint(), { tls: certificate });
    opened.push(server);
    const secureContext = createSecureContext({ ca: authority.ca });
    const { finding } = await probeOnce(server.url, {}, { ...testDeps(), secureContext });
    expect(finding).toMatchObject({ state: "up", tlsExpiresAtMs: notAfterMs });
    expect(finding.lints.join()).toContain("tls_expiring");
    expect(finding.steps.map(({ step }) => step)).toContain("tls");
    const { finding: untrusted } = await probeOnce(server.url);
    expect(untrusted).toMatchObject({ state: "down", reason: "tls_untrusted", tlsExpiresAtMs: notAfterMs });
  });
});

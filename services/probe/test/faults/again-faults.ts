/** The second attempt of a probe: what it heals, what it does not, and what it costs. */
import { expect } from "vitest";
import { legacyEndpoint } from "../servers/endpoints.ts";
import type { Answer } from "../servers/stub.ts";
import { openStub } from "../servers/stub.ts";
import { always, type Fault, type Judged, nowhere } from "./fault.ts";
import { closedPort } from "./raw-endpoint.ts";

const LEGACY = { era: "legacy", transport: "http", protocolVersion: "2025-06-18" } as const;
const again = { hasSecondAttempt: true, remembered: LEGACY } as const;

/** Fails its first request, then is well. */
function onceThenWell(failure: Answer): Answer {
  const well = legacyEndpoint();
  let isFirst = true;
  return (asked, response) => {
    const answer = isFirst ? failure : well;
    isFirst = false;
    answer(asked, response);
  };
}

const heals = (name: string, failure: Answer, reason: string, budgetMs = 10_000): Fault => ({
  name: `${name}, once`,
  open: always(onceThenWell(failure)),
  request: { ...again, budgetMs },
  judged: "up - - -",
  also: ({ transientReason }) => expect(transientReason).toBe(reason),
});
const isNotTriedAgain = (name: string, answer: Answer, judged: Judged): Fault => ({
  name: `${name}, which another attempt would not change`,
  open: always(answer),
  request: again,
  judged,
  also: (_finding, { asked }) => expect(asked.filter(({ rpc }) => rpc === "initialize").length).toBe(1),
});

export const AGAIN_FAULTS: readonly Fault[] = [
  heals("silence up to the request's bound", () => {}, "timeout", 25_000),
  heals("a reset", (_asked, response) => void response.socket?.resetAndDestroy(), "http_error"),
  heals("502", (_asked, response) => void response.writeHead(502).end(), "http_error"),
  {
    name: "a name with a refusing address, then a good one",
    open: async () => {
      const stub = await openStub(legacyEndpoint());
      const url = stub.url.replace("127.0.0.1", "two.example");
      return { url, asked: stub.asked, close: stub.close };
    },
    deps: () => ({
      resolve: () => Promise.resolve({ kind: "resolved", addresses: ["127.0.0.9", "127.0.0.1"] }),
    }),
    judged: "up - - -",
  },
  {
    name: "a port that stays closed, asked twice",
    open: closedPort,
    request: again,
    judged: "down connection_refused tcp tcp_refused",
    also: ({ startedAtMs, observedAtMs, transientReason }) => {
      expect(observedAtMs - startedAtMs).toBeGreaterThan(990);
      expect(transientReason).toBeNull();
    },
  },
  {
    name: "503 every time, over a new connection each",
    open: always((_asked, response) => void response.writeHead(503).end()),
    request: again,
    judged: "down http_error http http_503",
    also: (_finding, { asked }) => expect(asked.length).toBe(2),
  },
  isNotTriedAgain(
    "a web page",
    (_asked, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
    "down not_mcp protocol not_mcp",
  ),
  isNotTriedAgain(
    "429",
    (_asked, response) => void response.writeHead(429).end(),
    "degraded rate_limited http http_429",
  ),
  {
    name: "a name that does not exist, asked once",
    open: nowhere("http://gone.example/mcp"),
    deps: () => ({ resolve: () => Promise.resolve({ kind: "failed", detail: "dns_nxdomain" }) }),
    request: again,
    judged: "down dns_failure dns dns_nxdomain",
    also: ({ startedAtMs, observedAtMs }) => expect(observedAtMs - startedAtMs).toBeLessThan(900),
  },
];

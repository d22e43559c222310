import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { testDeps } from "../test/probe-once.ts";
import { type GuardedRequest, guardedFetch } from "./guarded-fetch.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function server(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  const http = createServer(answer);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  });
  return new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
}

const request = (url: URL, changes: Partial<GuardedRequest> = {}): GuardedRequest => ({
  url,
  method: "POST",
  headers: [],
  body: null,
  timeoutMs: 1_000,
  bodyBytesMax: 16_384,
  ...changes,
});

describe("a guarded fetch that may cut the body", () => {
  const cases: readonly [string, (response: ServerResponse) => void][] = [
    ["10 MB", (response) => response.end(Buffer.alloc(10_485_760, "x"))],
    [
      "a stream without end",
      (response) => {
        const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
        response.on("close", () => clearInterval(timer));
      },
    ],
    ["a body that stops in the middle", (response) => void response.write("half")],
    [
      "a broken body",
      (response) => {
        response.write("half", () => setTimeout(() => response.destroy(), 20));
      },
    ],
  ];
  test.each(cases)(
    "answers the status of %s, with no more than the bound of its body",
    async (_name, send) => {
      const url = await server((_request, response) => {
        response.writeHead(202);
        send(response);
      });
      const startedMs = performance.now();
      const reply = await guardedFetch(testDeps(), request(url, { isBodyCut: true }));
      expect(reply).toMatchObject({ kind: "replied", status: 202 });
      expect(reply.kind === "replied" && reply.body.length).toBeLessThanOrEqual(16_384);
      expect(performance.now() - startedMs).toBeLessThan(3_000);
      expect(await guardedFetch(testDeps(), request(url))).toMatchObject({ kind: "failed", isSent: true });
    },
  );

  test("still fails when there is no head within the time", async () => {
    const url = await server(() => {});
    const reply = await guardedFetch(testDeps(), request(url, { isBodyCut: true, timeoutMs: 200 }));
    expect(reply).toMatchObject({ kind: "failed", isSent: true });
  });
});

test.each(["GET", "POST", "PATCH", "DELETE"] as const)("%s arrives as that method", async (method) => {
  const url = await server((got, response) => response.end(got.method));
  const reply = await guardedFetch(testDeps(), request(url, { method }));
  expect(reply.kind === "replied" && reply.body.toString()).toBe(method);
});

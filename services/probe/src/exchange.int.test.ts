import { createServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { testDeps } from "../test/probe-once.ts";
import { type Answer, openStub, type Stub } from "../test/servers/stub.ts";
import { type Exchange, type ExchangeResult, exchange } from "./exchange.ts";
import { cancelScope, closeScope, type ExchangeScope, openScope } from "./exchange-scope.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function stub(answer: Answer): Promise<Stub> {
  const server = await openStub(answer);
  closing.push(server.close);
  return server;
}

/** A server that speaks raw bytes. */
async function raw(onData: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => onData(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  );
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

function scope(): ExchangeScope {
  const opened = openScope(testDeps(), {
    addressOffset: 0,
    isHttpsDemanded: false,
    onDialled: null,
    onHead: null,
  });
  closing.push(() => closeScope(opened));
  return opened;
}

function get(url: string, overrides: Partial<Exchange> = {}): Exchange {
  return {
    url: new URL(url),
    method: "GET",
    headers: [],
    body: null,
    timeoutMs: 2_000,
    bodyBytesMax: 10_000,
    lane: "main",
    readBody: null,
    ...overrides,
  };
}

const said = (result: ExchangeResult) =>
  result.kind === "replied"
    ? `${result.head.status} ${result.body}`
    : `${result.outcome.kind} ${"detail" in result.outcome ? result.outcome.detail : ""}`;

describe("an exchange ends in its own word", () => {
  type Row = readonly [name: string, bytes: string | Buffer, end: "close" | "reset" | "hang", judged: string];
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const ROWS: readonly Row[] = [
    ["a reply with a length", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", "hang", "200 hi"],
    ["a reply that ends with the connection", "HTTP/1.1 200 OK\r\n\r\nhi", "close", "200 hi"],
    [
      "a reply after announcements",
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
      "hang",
      "200 hi",
    ],
    ["a banner of another protocol", "SSH-2.0-OpenSSH_9.6\r\n", "hang", "connection-lost http_malformed"],
    ["a connection closed at once", "", "close", "connection-lost connection_reset"],
    ["a connection reset at once", "", "reset", "connection-lost connection_reset"],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-le", "close", "connection-lost connection_reset"],
    ["half a body", "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf", "close", "truncated truncated"],
    [
      "a chunk cut short",
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk("hi")}ff\r\nx`,
      "reset",
      "truncated truncated",
    ],
    [
      "a chunk size that is none",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      "hang",
      "truncated truncated",
    ],
    ["silence", "", "hang", "timed-out first_byte_timeout"],
    [
      "a head and then silence",
      "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n",
      "hang",
      "timed-out body_timeout",
    ],
    [
      "a head of 100 KB",
      `HTTP/1.1 200 OK\r\nx: ${"a".repeat(100_000)}\r\n\r\n`,
      "hang",
      "too-large response_headers_too_large",
    ],
    [
      "a body over the bound",
      `HTTP/1.1 200 OK\r\ncontent-length: 20000\r\n\r\n${"a".repeat(20_000)}`,
      "hang",
      "too-large response_too_large",
    ],
    [
      "a compressed bomb",
      Buffer.concat([
        Buffer.from("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"),
        gzipSync(Buffer.alloc(5_000_000)),
      ]),
      "close",
      "too-large response_too_large",
    ],
    [
      "bytes that are not the encoding they claim",
      "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nplain",
      "close",
      "truncated bad_content_encoding",
    ],
    [
      "an encoding nobody asked for",
      Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"), gzipSync("hi")]),
      "close",
      "200 hi",
    ],
  ];
  test.each(ROWS)("%s", async (_name, bytes, end, judged) => {
    const url = await raw((socket) => {
      socket.write(bytes, () =>
        end === "close" ? socket.end() : end === "reset" ? socket.resetAndDestroy() : null,
      );
    });
    const result = await exchange(scope(), get(url, { timeoutMs: end === "hang" ? 300 : 2_000 }));
    expect(said(result)).toBe(judged);
  });

  test("a drip of bytes does not outlive the deadline", async () => {
    const url = await raw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n");
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    const startedMs = performance.now();
    const result = await exchange(scope(), get(url, { timeoutMs: 300 }));
    expect(said(result)).toBe("timed-out body_timeout");
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  test("a header that cannot be sent is our fault, not the endpoint's", async () => {
    const server = await stub((_asked, response) => response.end("hi"));
    const result = await exchange(scope(), get(server.url, { headers: ["x", "a\r\nb: c"] }));
    expect(said(result)).toBe("probe-broke probe_request_invalid");
  });
});

describe("connections", () => {
  test("one lane is one connection, kept for the next exchange", async () => {
    const server = await stub((_asked, response) => response.end("hi"));
    const opened = scope();
    await exchange(opened, get(server.url));
    await exchange(opened, get(server.url));
    expect(server.connections()).toBe(1);
    await exchange(opened, get(server.url, { lane: "other" }));
    expect(server.connections()).toBe(2);
  });

  test("a kept connection that its server closed in the same moment is no fault of the endpoint", async () => {
    let served = 0;
    const server = await stub((_asked, response) => {
      served += 1;
      if (served === 2) {
        response.socket?.destroy();
      } else {
        response.end(`${served}`);
      }
    });
    const opened = scope();
    await exchange(opened, get(server.url));
    expect(said(await exchange(opened, get(server.url)))).toBe("200 3");
  });

  test("a reader that has enough hangs up on a stream that stays open", async () => {
    const server = await stub((_asked, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: a\n\n");
    });
    const opened = scope();
    const result = await exchange(opened, get(server.url, { readBody: () => ({ push: () => "done" }) }));
    expect(result.kind).toBe("replied");
    expect(result.kind === "replied" && result.endMs - result.sentMs).toBeLessThan(500);
    expect((await exchange(opened, get(server.url, { readBody: () => ({ push: () => "done" }) }))).kind).toBe(
      "replied",
    );
  });

  test("an exception in a reader ends the exchange, not the process", async () => {
    const server = await stub((_asked, response) => response.end("hi"));
    const result = await exchange(
      scope(),
      get(server.url, {
        readBody: () => ({
          push: () => {
            throw new Error("a bug of ours");
          },
        }),
      }),
    );
    expect(result.kind).toBe("failed");
  });
});

describe("a cancelled scope", () => {
  test("ends what is in flight, and begins nothing new", async () => {
    const server = await stub(() => {});
    const opened = scope();
    const waiting = exchange(opened, get(server.url, { timeoutMs: 10_000 }));
    await expect.poll(() => server.asked.length).toBe(1);
    cancelScope(opened, "budget_spent");
    expect(said(await waiting)).toBe("timed-out budget_spent");
    expect(said(await exchange(opened, get(server.url)))).toBe("timed-out budget_spent");
    expect(server.asked.length).toBe(1);
  });

  test("calls an abort an abort", async () => {
    const server = await stub(() => {});
    const opened = scope();
    const waiting = exchange(opened, get(server.url, { timeoutMs: 10_000 }));
    cancelScope(opened, "probe_aborted");
    expect(said(await waiting)).toBe("probe-broke probe_aborted");
  });
});

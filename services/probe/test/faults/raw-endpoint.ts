/** Endpoints below HTTP: bytes as they are, sockets that close or hang, TLS. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { Worker } from "node:worker_threads";
import type { FaultyEndpoint } from "./fault.ts";

/** Speaks whatever `onRequest` writes once the first bytes of a request arrived. */
export function speaking(onRequest: (socket: Socket) => void): () => Promise<FaultyEndpoint> {
  return () =>
    listen(
      createServer((socket) => socket.once("data", () => onRequest(socket))),
      "http://127.0.0.1",
    );
}

/** Writes these bytes, then closes, resets or keeps silent. */
export function saying(
  bytes: string | Buffer,
  end: "close" | "reset" | "hang",
): () => Promise<FaultyEndpoint> {
  return speaking((socket) => {
    socket.write(bytes, () => {
      if (end === "close") {
        socket.end();
      } else if (end === "reset") {
        socket.resetAndDestroy();
      }
    });
  });
}

/** Behind an https URL on `localhost`, plain bytes: what is there speaks no TLS. */
export function speakingNoTls(onConnection: (socket: Socket) => void): () => Promise<FaultyEndpoint> {
  return () => listen(createServer(onConnection), "https://localhost");
}

/** A TLS server that answers nothing above TLS. */
export function shaking(options: () => Promise<TlsOptions> | TlsOptions): () => Promise<FaultyEndpoint> {
  return async () => {
    const server = createTlsServer(await options());
    server.on("tlsClientError", () => {});
    return listen(server, "https://localhost");
  };
}

async function listen(server: Server, base: string): Promise<FaultyEndpoint> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("secureConnection", (socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `${base}:${port}/mcp`,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

/** A port that was free a moment ago. */
export async function closedPort(): Promise<FaultyEndpoint> {
  const endpoint = await listen(createServer(), "http://127.0.0.1");
  await endpoint.close();
  return endpoint;
}

/** Listens and never accepts: its process is stuck and its backlog full, so the kernel drops every further SYN. */
const STUCK = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
const BACKLOG_FILLERS = 6;

export async function stuckListener(): Promise<FaultyEndpoint> {
  const worker = new Worker(STUCK, { eval: true });
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  const fillers = Array.from({ length: BACKLOG_FILLERS }, () => connect({ host: "127.0.0.1", port }));
  for (const filler of fillers) {
    filler.on("error", () => {});
  }
  // As soon as one of them is left waiting nobody else gets in; the first two fit.
  await Promise.all(
    fillers.slice(0, 2).map((filler) => new Promise((resolve) => filler.once("connect", resolve))),
  );
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    asked: [],
    close: async () => {
      for (const filler of fillers) {
        filler.destroy();
      }
      await worker.terminate();
    },
  };
}

/** A loopback HTTP server that answers as its script says and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The JSON-RPC method, or empty. */
  readonly rpc: string;
  readonly id: unknown;
  readonly params: Record<string, unknown>;
}

export type Answer = (asked: Asked, response: ServerResponse) => void;

export interface Stub {
  readonly origin: string;
  /** Where the endpoint is: `<origin>/mcp`. */
  readonly url: string;
  readonly asked: Asked[];
  /** Connections accepted so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Opens a stub on 127.0.0.1 (or with TLS, on `localhost`); close it when the test ends. */
export async function openStub(
  answer: Answer,
  options: { tls?: ServerOptions; host?: string; port?: number } = {},
): Promise<Stub> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => {});
    response.on("error", () => {});
    request.on("end", () => {
      const entry = readAsked(request, Buffer.concat(chunks).toString());
      asked.push(entry);
      answer(entry, response);
    });
  };
  const server =
    options.tls === undefined ? createServer(onRequest) : createTlsServer(options.tls, onRequest);
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls === undefined ? "http" : "https"}://${options.tls === undefined ? host : "localhost"}:${port}`;
  return {
    origin,
    url: `${origin}/mcp`,
    asked,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

function readAsked(request: IncomingMessage, body: string): Asked {
  let message: { method?: string; id?: unknown; params?: Record<string, unknown> } = {};
  try {
    message = JSON.parse(body);
  } catch {
    // Not every request carries JSON.
  }
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    body,
    rpc: message?.method ?? "",
    id: message?.id,
    params: message?.params ?? {},
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

export function sendResult(
  response: ServerResponse,
  asked: Asked,
  result: unknown,
  headers: Record<string, string> = {},
): void {
  sendJson(response, 200, { jsonrpc: "2.0", id: asked.id, result }, headers);
}

export function sendError(
  response: ServerResponse,
  asked: Asked,
  status: number,
  code: number,
  message = "no",
  data?: unknown,
): void {
  sendJson(response, status, { jsonrpc: "2.0", id: asked.id ?? null, error: { code, message, data } });
}

/** One event stream that carries the result as its only message. */
export function sendEvent(
  response: ServerResponse,
  asked: Asked,
  result: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(200, { "content-type": "text/event-stream", ...headers });
  response.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: asked.id, result })}\n\n`);
}

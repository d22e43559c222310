/** A server on loopback that plays a receiver: it records what it is sent and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

/** How a receiver can go wrong. Numbers are statuses. */
export type Misbehaviour =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Takes the request and never answers. */
  | "hang"
  /** Accepts with a body that never ends. */
  | "endless"
  /** Accepts with 10 MB. */
  | "huge"
  /** Closes the connection after the request. */
  | "reset";

export interface HttpReceiver {
  readonly url: string;
  /** Everything that arrived, oldest first. */
  readonly requests: readonly ReceivedRequest[];
  /** Answers the next requests so, one after the other. */
  misbehave(...answers: readonly Misbehaviour[]): void;
  /** Answers every request so until told otherwise; null: as the vendor would. */
  misbehaveAlways(answer: Misbehaviour | null): void;
  /** Stops listening, as when its machine is down; `up` listens again on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** `answer` is the vendor: it judges the request by its contract. */
export async function openHttpReceiver(
  answer: (request: ReceivedRequest) => Answer | Promise<Answer>,
): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  const next: Misbehaviour[] = [];
  let always: Misbehaviour | null = null;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) {
      chunks.push(chunk as Buffer);
    }
    const request: ReceivedRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString(),
      atMs: Date.now(),
    };
    requests.push(request);
    const wrong = next.shift() ?? always;
    if (wrong === null || typeof wrong === "object") {
      const { status, headers, body } = wrong ?? (await answer(request));
      response.writeHead(status, headers).end(body);
    } else {
      goWrong(wrong, response);
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    misbehave: (...answers) => void next.push(...answers),
    misbehaveAlways: (wrong) => {
      always = wrong;
    },
    down: () => shut(server),
    up: () => listen(port),
    close: () => shut(server),
  };
}

function goWrong(wrong: Exclude<Misbehaviour, object>, response: ServerResponse): void {
  switch (wrong) {
    case "hang":
      return;
    case "reset":
      response.destroy();
      return;
    case "huge":
      response.writeHead(200).end(Buffer.alloc(10_485_760, "x"));
      return;
    case "endless": {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(65_536, "x")), 1);
      response.on("close", () => clearInterval(timer));
      return;
    }
    default:
      response.writeHead(wrong).end();
  }
}

function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

import { once } from "node:events";
import type { Server } from "node:http";

export interface HttpServer {
  /** One per host, in the order given. */
  readonly ports: readonly number[];
  /** Takes no new connections and resolves when the answers under way have ended. */
  close(): Promise<void>;
}

/** Listens on one port of every host, with a server of its own for each. Port 0 picks a free one. Rejects when one is taken. */
export async function openHttpServer(input: {
  readonly createServer: () => Server;
  readonly hosts: readonly string[];
  readonly port: number;
}): Promise<HttpServer> {
  const servers = input.hosts.map(() => input.createServer());
  try {
    await Promise.all(servers.map((server, i) => listen(server, input.hosts[i], input.port)));
  } catch (err) {
    await Promise.all(servers.map(close));
    throw err;
  }
  return {
    ports: servers.map((server) => (server.address() as { port: number }).port),
    async close() {
      await Promise.all(servers.map(close));
    },
  };
}

async function listen(server: Server, host: string | undefined, port: number): Promise<void> {
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.listen(port, host);
  await once(server, "listening");
}

/** A connection whose answer has ended is cut instead of being kept alive. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}

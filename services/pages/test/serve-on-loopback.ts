/** An app at an address of its own, for a browser or another program to visit. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";

export interface Site {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Cuts open connections, live streams too. */
  close(): void;
}

/** Serves a fetch handler, or a server that is not listening yet, on a free port. */
export async function serveOnLoopback(
  served: Server | ((request: Request) => Response | Promise<Response>),
): Promise<Site> {
  const server = typeof served === "function" ? (createAdaptorServer({ fetch: served }) as Server) : served;
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

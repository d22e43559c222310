import { createServer, type RequestListener, type Server } from "node:http";
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, type McpServer } from "@modelcontextprotocol/server";

/** Where a demo endpoint listens. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Address from LISTEN_HOST and PORT, as the table of demo endpoints hands it out. */
export function listenAddress(): ListenAddress {
  const { LISTEN_HOST: host, PORT: port } = process.env;
  if (!host || !port) {
    throw new Error("LISTEN_HOST and PORT say where to listen.");
  }
  return { host, port: Number(port) };
}

/** HTTP face of the official server package: a fresh server for each request, both eras unless `legacy` is refused. */
export function mcpListener(openServer: () => McpServer, legacy: "stateless" | "reject"): RequestListener {
  const handle = toNodeHandler(createMcpHandler(openServer, { legacy }));
  return (request, response) => {
    if (request.url?.split("?")[0] === "/mcp") {
      // Node types an absent method as undefined, the package as a missing property.
      void handle(request as NodeIncomingMessageLike, response);
      return;
    }
    response.writeHead(404).end();
  };
}

/** Listens, and ends when told to. */
export function serve(listener: RequestListener, address: ListenAddress): Server {
  const server = createServer(listener);
  server.listen(address.port, address.host);
  return server;
}

export function exitOnSignal(): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => process.exit(0));
  }
}

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A TCP relay to a real Redis that can be cut and joined: to its clients Redis is gone, and back. */
export async function openCuttableProxy(targetUrl: string) {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const drop = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
  };
  return {
    url: `redis://127.0.0.1:${port}${target.pathname}`,
    cut() {
      isCut = true;
      drop();
    },
    join() {
      isCut = false;
    },
    close() {
      drop();
      server.close();
    },
  };
}

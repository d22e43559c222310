/** A TCP link to Redis that a test can cut and mend, as a restart or a network does it. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export interface FlakyLink {
  /** The server's URL, through the link. */
  readonly url: string;
  /** Resets every connection and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function openFlakyLink(redisUrl: string): Promise<FlakyLink> {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const server: Server = createServer((inside) => {
    const outside = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => {
      server.listen(port, "127.0.0.1", () => resolve());
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = async () => {
    if (server.listening) {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) {
        socket.resetAndDestroy();
      }
      await closed;
    }
  };
  return {
    url: `redis://127.0.0.1:${port}${target.pathname}`,
    cut,
    mend: () => listen(port),
    close: cut,
  };
}

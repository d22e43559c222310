/** Endpoints of a drill that can be made to refuse connections, to hang, or to work: TCP relays before one stub endpoint. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { openStub } from "../bench/open-stub.ts";

export interface SwitchableEndpoint {
  readonly url: string;
  /** `refuse`: nobody listens. `hang`: connections are taken and never answered. */
  fail(how: "refuse" | "hang"): Promise<void>;
  repair(): Promise<void>;
}

export interface SwitchableEndpoints {
  readonly endpoints: readonly SwitchableEndpoint[];
  close(): Promise<void>;
}

/** Each has an address of its own in 127.77.0.0/16: endpoints on one host would be told of as one. */
export async function openSwitchableEndpoints(count: number): Promise<SwitchableEndpoints> {
  const stub = await openStub({ delayMs: 0 });
  const relays = await Promise.all(
    Array.from({ length: count }, (_, n) => openRelay(`127.77.${n}.1`, stub.port)),
  );
  return {
    endpoints: relays,
    async close() {
      await Promise.all(relays.map((relay) => relay.fail("refuse")));
      await stub.close();
    },
  };
}

async function openRelay(host: string, stubPort: number): Promise<SwitchableEndpoint> {
  let isHanging = false;
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  const server = createServer((socket) => {
    keep(socket);
    if (isHanging) {
      socket.resume();
      return;
    }
    const upstream = connect(stubPort, "127.0.0.1");
    keep(upstream);
    socket.pipe(upstream).pipe(socket);
    socket.on("close", () => upstream.destroy());
    upstream.on("close", () => socket.destroy());
  });
  const listen = async (port: number) => {
    server.listen(port, host);
    await once(server, "listening");
  };
  await listen(0);
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const dropAll = () => {
    for (const socket of open) {
      socket.destroy();
    }
  };
  return {
    url: `http://${host}:${port}/mcp`,
    async fail(how) {
      isHanging = how === "hang";
      if (how === "refuse" && server.listening) {
        const closed = once(server, "close");
        server.close();
        dropAll();
        await closed;
      } else {
        dropAll();
      }
    },
    async repair() {
      isHanging = false;
      dropAll();
      if (!server.listening) {
        await listen(port);
      }
    },
  };
}

import { once } from "node:events";
import { createServer } from "node:net";

/** A TCP port nobody listens on right now. Another process may still take it first: whoever binds it must say so. */
export async function findFreePort(host = "127.0.0.1"): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") {
    throw new Error("A TCP listener has no port.");
  }
  return address.port;
}

/** Whether a port can be bound now. */
export async function isPortFree(port: number, host = "127.0.0.1"): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

/** Ports of a whole copy lie within this many above its base. */
const PORTS_OF_A_COPY = 100;
/** Below the range that outgoing connections take their ports from (32768 and up on Linux). */
const BASES = { from: 10_000, to: 32_000 };

/** A port base for `scripts/up` with nobody on its ports. Starts at random, so that two callers hardly meet. */
export async function findFreePortBase(): Promise<number> {
  const count = (BASES.to - BASES.from) / PORTS_OF_A_COPY;
  const first = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step += 1) {
    const base = BASES.from + ((first + step) % count) * PORTS_OF_A_COPY;
    const offsets = Array.from({ length: 60 }, (_, offset) => base + offset);
    if ((await Promise.all(offsets.map((port) => isPortFree(port)))).every((isFree) => isFree)) {
      return base;
    }
  }
  throw new Error(`There is no free range of ${PORTS_OF_A_COPY} ports.`);
}

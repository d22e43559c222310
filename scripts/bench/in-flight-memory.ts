import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openStub } from "./open-stub.ts";
import { proportionalMemoryMb } from "./proportional-memory.ts";

const IN_FLIGHT = 1_000;
/** Long enough for every probe to be waiting for its handshake reply at the moment of measuring. */
const DELAY_MS = 6_000;
const SETTLE_MS = 3_000;

/** Memory that 1,000 probes in flight add to a warm prober, in MiB of proportional set size. Throws when any was not answered. */
export async function measureInFlightMemory(): Promise<number> {
  const stub = await openStub({ delayMs: DELAY_MS });
  const warmUp = await openStub({ delayMs: 0 });
  const child = fork(fileURLToPath(new URL("in-flight-child.ts", import.meta.url)), { stdio: "inherit" });
  try {
    child.send({ url: `http://127.0.0.1:${warmUp.port}/mcp`, count: 50 });
    await answered(child);
    const idleMb = proportionalMemoryMb(child.pid as number);
    const done = answered(child);
    child.send({ url: `http://127.0.0.1:${stub.port}/mcp`, count: IN_FLIGHT });
    await wait(SETTLE_MS);
    const busyMb = proportionalMemoryMb(child.pid as number);
    await done;
    return busyMb - idleMb;
  } finally {
    child.kill();
    await stub.close();
    await warmUp.close();
  }
}

async function answered(child: ReturnType<typeof fork>): Promise<void> {
  for (;;) {
    const [message] = (await once(child, "message")) as ["started" | { unsuccessful: number }];
    if (message === "started") {
      continue;
    }
    if (message.unsuccessful > 0) {
      throw new Error(`${message.unsuccessful} probes of the stub were not answered`);
    }
    return;
  }
}

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts the stub endpoint in a process of its own, so that its CPU time is not counted as the probe's. */
export async function openStub(options: {
  delayMs: number;
  /** Loopback address to listen on; default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
  tls?: { cert: string; key: string };
}): Promise<{ port: number; close: () => Promise<void> }> {
  const child = fork(fileURLToPath(new URL("stub-endpoint.ts", import.meta.url)), { stdio: "inherit" });
  child.send(options);
  const [port] = (await once(child, "message")) as [number];
  return {
    port,
    close: async () => {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    },
  };
}

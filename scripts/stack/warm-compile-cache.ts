import { spawn } from "node:child_process";
import { once } from "node:events";
import { machineEnvironment } from "./machine-environment.ts";

/** Fills Node's compile cache where one is named. Best effort: without it processes start slower and take more memory. */
export async function warmCompileCache(cwd: string): Promise<void> {
  if (process.env.NODE_COMPILE_CACHE) {
    const child = spawn(process.execPath, ["scripts/stack/load-every-module.ts"], {
      cwd,
      stdio: "ignore",
      env: machineEnvironment(),
    });
    await once(child, "exit");
  }
}

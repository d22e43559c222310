/**
 * A worker process that dies by SIGKILL at a chosen point, as a machine does. Started by fork:
 * `crashing-worker.ts <redis url> <before-report|after-report|never>`; says `working` when it takes jobs.
 */
import type { RegionResult } from "@alivemcp/core/pipeline";
import { systemClock } from "@alivemcp/runtime/clock";
import { openRedis } from "@alivemcp/runtime/redis";
import { reportResult } from "@alivemcp/runtime/verdict-store";
import { KNOWS_API, openTestWorker } from "./open-test-worker.ts";

const [redisUrl = "", diesAt = "never"] = process.argv.slice(2);
const redis = openRedis(redisUrl, { name: "crashing-worker", onError: () => {} });

await openTestWorker({
  redisUrl,
  config: KNOWS_API,
  report: async (result: RegionResult) => {
    if (diesAt === "before-report") {
      process.kill(process.pid, "SIGKILL");
    }
    await reportResult(redis, result, systemClock.nowMs());
    if (diesAt === "after-report") {
      process.kill(process.pid, "SIGKILL");
    }
  },
});
process.send?.("working");

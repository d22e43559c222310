/**
 * The real worker, children and all, which also tells its parent how late each probe began. Started by fork with the
 * worker's own environment; a job's lateness is measured against its `slotAtMs`.
 */
import { loadConfig } from "@alivemcp/runtime/config";
import { configSchema } from "../src/config.ts";
import { createDeps } from "../src/deps.ts";
import { startWorker } from "../src/start-worker.ts";

export interface MeasuredStart {
  readonly endpointId: string;
  readonly latenessMs: number;
}

const deps = await createDeps(loadConfig(configSchema, process.env));
const worker = await startWorker({
  ...deps,
  async report(result, toolList) {
    const { job, finding } = result;
    const start: MeasuredStart = {
      endpointId: job.endpointId,
      latenessMs: finding.startedAtMs - job.slotAtMs,
    };
    process.send?.(start);
    await deps.report(result, toolList);
  },
});
process.on("message", () => void worker.stop().then(() => process.exit(0)));
process.send?.("ready");

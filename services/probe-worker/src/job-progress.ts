import type { ProbeStep } from "@alivemcp/core/pipeline";
import type { Logger } from "@alivemcp/runtime/logger";
import type { Job } from "@alivemcp/runtime/queues";

export interface JobProgress {
  add(step: ProbeStep): void;
  /** Resolves when every step added so far is written (or could not be). */
  written(): Promise<void>;
}

/** Steps as job progress `{ steps }`, for who watches: always the whole list so far, one write at a time. */
export function createJobProgress(deps: { readonly log: Logger }, job: Job<unknown, unknown>): JobProgress {
  const steps: ProbeStep[] = [];
  let writing: Promise<void> | null = null;
  const write = async () => {
    try {
      for (let sent = 0; sent < steps.length; ) {
        sent = steps.length;
        await job.updateProgress({ steps: [...steps] });
      }
    } catch (err) {
      deps.log.debug({ err, jobId: job.id }, "progress not written");
    }
    writing = null;
  };
  return {
    add(step) {
      steps.push(step);
      writing ??= write();
    },
    written: async () => {
      await writing;
    },
  };
}

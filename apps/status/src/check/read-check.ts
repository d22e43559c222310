import { checkJobId, probeStepSchema, regionResultSchema } from "@alivemcp/core/pipeline";
import { toPublicFinding, toPublicStep } from "@alivemcp/core/public-fields";
import { publicUrl } from "@alivemcp/core/public-text";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import type { CheckFacts, CheckProgress } from "./check-view.ts";

const CHECK_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DEADLINE_MS = 3_000;
/** A job is dropped when it is picked up 30 s late, and its answer takes at most 50 s: after that nobody has it any more. */
const GIVEN_UP_AFTER_MS = 90_000;
const LATE_AFTER_MS = 5_000;

const progressSchema = z.object({ steps: z.array(probeStepSchema).max(60) });

export interface CheckReading {
  readonly facts: CheckFacts;
  readonly progress: CheckProgress;
}

/** One check as it stands now; null when there is none of this id (any more). Rejects while Redis is away. */
export async function readCheck(
  deps: Pick<Deps, "checkQueues" | "regions" | "clock" | "target">,
  input: { readonly region: string; readonly checkId: string },
): Promise<CheckReading | null> {
  const queue = deps.checkQueues.get(input.region);
  const region = deps.regions.find(({ id }) => id === input.region);
  if (queue === undefined || region === undefined || !CHECK_ID.test(input.checkId)) {
    return null;
  }
  const job = await withDeadline(queue.getJob(checkJobId(input.checkId)), DEADLINE_MS);
  if (!job) {
    return null;
  }
  const { url, transport } = job.data;
  return {
    facts: {
      url: publicUrl(url, "public"),
      hasQuery: url.includes("?"),
      isPrivate: isPrivate(deps.target.guard, url),
      transport,
      city: region.city,
    },
    progress: progressOf(job, deps.clock.nowMs() - job.data.slotAtMs),
  };
}

/** Whether the URL names an address of a range that the operator opened. */
function isPrivate(guard: Deps["target"]["guard"], url: string): boolean {
  return guard.classify(new URL(url).hostname) === "opened";
}

function progressOf(
  job: {
    readonly processedOn?: number | undefined;
    readonly finishedOn?: number | undefined;
    readonly progress: unknown;
    readonly returnvalue: unknown;
  },
  ageMs: number,
): CheckProgress {
  if (job.finishedOn !== undefined) {
    const result = regionResultSchema.safeParse(job.returnvalue);
    return result.success
      ? { kind: "done", finding: toPublicFinding(result.data.finding) }
      : { kind: "failed" };
  }
  if (ageMs > GIVEN_UP_AFTER_MS) {
    return { kind: "failed" };
  }
  if (job.processedOn === undefined) {
    return { kind: "waiting", isLate: ageMs > LATE_AFTER_MS };
  }
  const progress = progressSchema.safeParse(job.progress);
  return { kind: "running", steps: progress.success ? progress.data.steps.map(toPublicStep) : [] };
}

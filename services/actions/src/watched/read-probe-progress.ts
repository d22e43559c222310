import { nowJobId, type ProbeFinding, type ProbeStep, probeStepSchema } from "@alivemcp/core/pipeline";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import { readRegionFindings } from "./region-readings.ts";

/** How far one region is with a probe that somebody asked for. */
export type RegionProgress =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly steps: readonly ProbeStep[] }
  | { readonly kind: "done"; readonly finding: ProbeFinding }
  /** It never ran, or its answer was lost: the fault is ours. */
  | { readonly kind: "lost" };

export interface ProbeProgress {
  readonly regions: readonly { readonly id: string; readonly progress: RegionProgress }[];
  /** No region is waiting or running any more. */
  readonly isOver: boolean;
}

const DEADLINE_MS = 3_000;
/** A job is dropped when it is picked up 30 s late, and killed after 50 s: later nobody has it any more. */
const GIVEN_UP_AFTER_MS = 90_000;
const progressSchema = z.object({ steps: z.array(probeStepSchema).max(60) });

type Deps = Pick<ActionDeps, "redis" | "clock" | "log" | "probeQueues">;

/**
 * How far the probe is that was asked for at `requestedAtMs`; null when there is none of that instant. The caller has
 * shown that it may see the endpoint (`getWatched`). Rejects while Redis is away.
 */
export async function readProbeProgress(
  deps: Deps,
  endpoint: Pick<WatchedEndpoint, "id" | "regions">,
  requestedAtMs: number,
): Promise<ProbeProgress | null> {
  const [readings, jobs] = await Promise.all([
    readRegionFindings(deps, endpoint),
    withDeadline(findJobs(deps, endpoint.id, requestedAtMs), DEADLINE_MS),
  ]);
  const ageMs = deps.clock.nowMs() - requestedAtMs;
  const isKnown = readings.some(({ id }) => jobs.get(id));
  if (!isKnown && (ageMs < 0 || ageMs > GIVEN_UP_AFTER_MS)) {
    return null;
  }
  const regions = readings.map(({ id, finding }) => {
    const isAnswer = finding !== null && finding.startedAtMs >= requestedAtMs;
    const job = jobs.get(id) ?? null;
    return { id, progress: isAnswer ? ({ kind: "done", finding } as const) : progressOf(job, ageMs) };
  });
  const isOver = regions.every(({ progress }) => progress.kind === "done" || progress.kind === "lost");
  return { regions, isOver };
}

async function findJobs({ probeQueues }: Deps, endpointId: string, requestedAtMs: number) {
  const id = nowJobId(endpointId, requestedAtMs);
  return new Map(
    await Promise.all(
      [...probeQueues].map(async ([region, queue]) => [region, (await queue.getJob(id)) ?? null] as const),
    ),
  );
}

interface FoundJob {
  readonly processedOn?: number | undefined;
  readonly finishedOn?: number | undefined;
  readonly progress: unknown;
}

/** A finished job whose finding is not there yet is on its way into the hash: it was reported before it finished. */
function progressOf(job: FoundJob | null, ageMs: number): RegionProgress {
  if (job === null || job.finishedOn !== undefined || ageMs > GIVEN_UP_AFTER_MS) {
    return { kind: "lost" };
  }
  if (job.processedOn === undefined) {
    return { kind: "waiting" };
  }
  const progress = progressSchema.safeParse(job.progress);
  return { kind: "running", steps: progress.success ? progress.data.steps : [] };
}

/**
 * File 3 of "one probe job in seven files": one job from its queue to its report.
 * Before: services/core/src/pipeline.ts (its shape). After: services/core/src/verdict.ts (what its minute becomes).
 */
import {
  PIPELINE_VERSION,
  type ProbeJob,
  type ProbeStep,
  probeFindingSchema,
  probeJobSchema,
  type RegionResult,
} from "@alivemcp/core/pipeline";
import { decideStart } from "./decide-start.ts";
import type { Deps } from "./deps.ts";
import { grantHandover } from "./grant-handover.ts";
import { notMeasured } from "./not-measured.ts";
import { probeOrderOf, regionResultOf } from "./region-result.ts";

type JobDeps = Pick<
  Deps,
  | "clock"
  | "config"
  | "log"
  | "metrics"
  | "inFlight"
  | "startPolicy"
  | "fleet"
  | "selfChecks"
  | "report"
  | "setAside"
>;

export interface JobInput {
  readonly jobId: string;
  /** How often the job was given to a worker, this time included; from 1. */
  readonly delivery: number;
  /** As it lay in the queue: not yet trusted. */
  readonly data: unknown;
  /** The queue it came from, and whose region that is. */
  readonly queueName: string;
  readonly region: string;
  /** Told of each step of a `check`, `audit` or `now`: whoever asked for it watches. */
  readonly onStep: (step: ProbeStep) => void;
}

export type JobOutcome =
  /** Reported, dropped, or (checks and audits) answered with a result to keep. */
  | { readonly kind: "done"; readonly answer: RegionResult | null }
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "refused"; readonly reason: string }
  /** The process stops: the job must lie in its queue again. */
  | { readonly kind: "given-back" };

/**
 * Runs one job. Rejects only when the report could not be written; everything else that can happen to a probe is an
 * outcome. Running a job twice is harmless: the report keeps the later result of a region and slot.
 */
export async function runProbeJob(deps: JobDeps, input: JobInput): Promise<JobOutcome> {
  const parsed = probeJobSchema.safeParse(input.data);
  if (!parsed.success || parsed.data.region !== input.region) {
    const reason = parsed.success ? "another region's job" : `not a job of version ${PIPELINE_VERSION}`;
    await deps.setAside({ ...input, reason });
    deps.metrics.refused.inc({ region: input.region });
    return { kind: "refused", reason };
  }
  const job = parsed.data;
  const nowMs = deps.clock.nowMs();
  const worker = {
    load: deps.inFlight.loadFor(job),
    line: job.credentialTicket === null ? null : deps.fleet.lineFor(job.capKey),
    sight: deps.selfChecks.sightOf(job.region),
  };
  const decision = decideStart(job, worker, deps.startPolicy, nowMs);
  switch (decision.kind) {
    case "wait":
      deps.metrics.postponed.inc({ region: job.region, reason: decision.reason });
      return decision;
    case "drop":
      return dropLate(deps, job, input.jobId);
    case "start":
      deps.metrics.latenessSeconds.observe({ region: job.region }, decision.latenessMs / 1_000);
  }
  const leave = deps.inFlight.enter(job);
  try {
    return await probeAndReport(deps, job, input);
  } finally {
    leave();
  }
}

/** Too late to be run: not reported, and told to whoever asked. */
function dropLate(deps: JobDeps, job: ProbeJob, jobId: string): JobOutcome {
  const nowMs = deps.clock.nowMs();
  deps.metrics.droppedLate.inc({ region: job.region, kind: job.kind });
  const finding = notMeasured("picked_up_late", { startedAtMs: nowMs, observedAtMs: nowMs });
  return { kind: "done", answer: isReported(job) ? null : regionResultOf(job, jobId, finding) };
}

async function probeAndReport(deps: JobDeps, job: ProbeJob, input: JobInput): Promise<JobOutcome> {
  const measured = await measure(deps, job, input);
  if (measured === "given-back") {
    return { kind: "given-back" };
  }
  if (measured === "late") {
    return dropLate(deps, job, input.jobId);
  }
  const { state, reason, detail } = measured.finding;
  if (state === "unknown" && detail?.startsWith("credential_")) {
    deps.metrics.handoverFaults.inc({ region: job.region, detail });
  }
  deps.metrics.probes.inc({ region: job.region, kind: job.kind, state, reason: reason ?? "none" });
  const result = regionResultOf(job, input.jobId, measured.finding);
  if (!isReported(job)) {
    return { kind: "done", answer: result };
  }
  await deps.report(result, measured.toolList);
  return { kind: "done", answer: null };
}

/** The finding to report, and a tool list nobody has stored yet; or that the process stops, or its turn came too late. */
async function measure(deps: JobDeps, job: ProbeJob, input: JobInput) {
  const startedAtMs = deps.clock.nowMs();
  const ourFault = (detail: Parameters<typeof notMeasured>[0]) => ({
    finding: notMeasured(detail, { startedAtMs, observedAtMs: deps.clock.nowMs() }),
    toolList: null,
  });
  const grant = grantHandover(deps.config, job, input);
  if (grant.kind === "impossible") {
    return ourFault(grant.detail);
  }
  const outcome = await deps.fleet.run({
    endpointId: job.endpointId,
    capKey: job.capKey,
    order: probeOrderOf(job),
    handover: grant.kind === "granted" ? grant.handover : null,
    onStep: isWatched(job) ? input.onStep : undefined,
  });
  if (outcome.kind === "given-back" || outcome.kind === "late") {
    return outcome.kind;
  }
  if (outcome.kind === "not-measured") {
    return ourFault(outcome.detail);
  }
  if (deps.selfChecks.sightOf(job.region) === "failed") {
    return ourFault("self_check_failed");
  }
  const { isTimingDiscarded, toolList } = outcome.found;
  const finding = probeFindingSchema.safeParse(outcome.found.finding);
  if (!finding.success) {
    deps.log.error({ jobId: input.jobId, err: finding.error }, "a child's finding is malformed");
    return ourFault("finding_malformed");
  }
  if (isTimingDiscarded) {
    deps.metrics.timingsDiscarded.inc({ region: job.region });
  }
  return { finding: finding.data, toolList };
}

/** Slots and looks are nobody's wish: their steps are told when they are over. */
function isWatched(job: ProbeJob): boolean {
  return job.kind !== "slot" && job.kind !== "look";
}

/** Checks and audits answer whoever asked; they are no votes. */
function isReported(job: ProbeJob): boolean {
  return job.kind !== "check" && job.kind !== "audit";
}

import { JOB_LATE_AFTER_MS, type ProbeJob } from "@alivemcp/core/pipeline";
import type { Sight } from "./self-checks.ts";

/** Probes in flight in this process when a job asks to start. */
export interface Load {
  readonly total: number;
  readonly ofCapKey: number;
  readonly ofCapKeyInRegion: number;
}

/** Probes with credentials that wait for their tenant's turn, when another asks to start. */
export interface Line {
  readonly total: number;
  readonly ofTenant: number;
}

export interface StartPolicy {
  /** Probes in flight at most, over all children. */
  readonly capacity: number;
  /** Per tenant (or registrable domain of unclaimed endpoints) and region. */
  readonly perCapKeyAndRegionMax: number;
  /** Probes that wait in this process for their tenant's turn; they keep places that others could use. */
  readonly lineMax: number;
}

/** `unproven`: this worker was just started and has not reached anything in the region yet. */
type WaitReason = "early" | "unproven" | "cap" | "share" | "line" | "full";

export type StartDecision =
  | { readonly kind: "start"; readonly latenessMs: number }
  /** Back to its queue until then; never for more than 30 s in all, then it is dropped. */
  | { readonly kind: "wait"; readonly untilMs: number; readonly reason: WaitReason }
  | { readonly kind: "drop"; readonly latenessMs: number };

/**
 * A tenant may hold at most this many times what is still free (dynamic thresholds, Choudhury and Hahne, IEEE/ACM
 * Transactions on Networking 6(2), 1998). However many probes of its own hang, a fifth stays free for the others; two
 * such tenants leave a ninth. Nobody needs to know how many tenants there are.
 */
const SHARE_OF_FREE = 4;
/** Audits measure the whole registry and have days: they use what nobody watches with. */
const AUDIT_SHARE = 0.5;
const TRY_AGAIN_AFTER_MS = { unproven: 500, cap: 1_000, share: 1_000, line: 1_000, full: 1_000 };

/** Says whether one job may start now. The reason of a wait is counted in metrics. */
export function decideStart(
  job: Pick<ProbeJob, "kind" | "notBeforeMs">,
  worker: { readonly load: Load; readonly line: Line | null; readonly sight: Sight },
  policy: StartPolicy,
  nowMs: number,
): StartDecision {
  const latenessMs = nowMs - job.notBeforeMs;
  if (latenessMs < 0) {
    return { kind: "wait", untilMs: job.notBeforeMs, reason: "early" };
  }
  if (latenessMs > JOB_LATE_AFTER_MS) {
    return { kind: "drop", latenessMs };
  }
  const reason = worker.sight === "unproven" ? "unproven" : refusal(job.kind, worker, policy);
  return reason === null
    ? { kind: "start", latenessMs }
    : { kind: "wait", untilMs: nowMs + TRY_AGAIN_AFTER_MS[reason], reason };
}

function refusal(
  kind: ProbeJob["kind"],
  { load, line }: { readonly load: Load; readonly line: Line | null },
  policy: StartPolicy,
): "cap" | "share" | "line" | "full" | null {
  if (load.ofCapKeyInRegion >= policy.perCapKeyAndRegionMax) {
    return "cap";
  }
  const free = policy.capacity - load.total;
  if (free <= 0 || (kind === "audit" && load.total >= policy.capacity * AUDIT_SHARE)) {
    return "full";
  }
  if (load.ofCapKey >= free * SHARE_OF_FREE) {
    return "share";
  }
  // Likewise: a tenant may keep as many places of the line as it leaves free.
  return line !== null && line.ofTenant >= policy.lineMax - line.total ? "line" : null;
}

import { JOB_LATE_AFTER_MS, type ProbeJob } from "@alivemcp/core/pipeline";
import type { Config } from "./config.ts";
import { DISPATCHES_PER_DELIVERY, type HandoverGrant } from "./probe-fleet.ts";

/** Bound of the contract (services/core/src/credential-handover.ts). */
const DISPATCH_MAX = 1_000;

/**
 * What this delivery of a job may fetch its credential with, or why nothing. `delivery` counts how often the job was
 * given to any worker: the api gives each dispatch number to one child only, so a delivery after a worker's death has
 * other numbers than the one before it.
 */
export function grantHandover(
  config: Pick<Config, "INTERNAL_URL" | "REGION_TOKENS">,
  job: Pick<ProbeJob, "credentialTicket" | "region" | "endpointId" | "notBeforeMs">,
  taken: { readonly jobId: string; readonly delivery: number },
):
  | { readonly kind: "open" }
  | { readonly kind: "granted"; readonly handover: HandoverGrant }
  | { readonly kind: "impossible"; readonly detail: "credential_not_configured" | "worker_lost" } {
  const { credentialTicket: ticket, region, endpointId, notBeforeMs } = job;
  if (ticket === null) {
    return { kind: "open" };
  }
  const regionToken = config.REGION_TOKENS.get(region);
  if (config.INTERNAL_URL === undefined || regionToken === undefined) {
    return { kind: "impossible", detail: "credential_not_configured" };
  }
  const firstDispatch = (taken.delivery - 1) * DISPATCHES_PER_DELIVERY + 1;
  if (firstDispatch + DISPATCHES_PER_DELIVERY > DISPATCH_MAX) {
    return { kind: "impossible", detail: "worker_lost" };
  }
  const lateAtMs = notBeforeMs + JOB_LATE_AFTER_MS;
  const { jobId } = taken;
  return {
    kind: "granted",
    handover: { ticket, region, regionToken, jobId, endpointId, firstDispatch, lateAtMs },
  };
}

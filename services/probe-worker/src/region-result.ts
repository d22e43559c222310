import {
  PIPELINE_VERSION,
  type ProbeFinding,
  type ProbeJob,
  type RegionResult,
} from "@alivemcp/core/pipeline";
import type { ProbeOrder } from "./child-protocol.ts";

/** What of a job a child needs to know; not whose endpoint it is. */
export function probeOrderOf(job: ProbeJob): ProbeOrder {
  const { url, transport, remembered, lastFullHash, isToolListEmptyAtBaseline } = job;
  const { health, expectations, budgetMs, hasSecondAttempt } = job;
  return {
    url,
    transport,
    remembered,
    lastFullHash,
    isToolListEmptyAtBaseline,
    health,
    expectations,
    budgetMs,
    hasSecondAttempt,
  };
}

/** A finding with the part of its job that the report script and its readers need. */
export function regionResultOf(job: ProbeJob, jobId: string, finding: ProbeFinding): RegionResult {
  const { kind, endpointId, region, regionsAsked, slotAtMs, minute, lastSlotOfMinuteAtMs } = job;
  const { coversMinutes, retentionClass, look, lastFullHash } = job;
  return {
    v: PIPELINE_VERSION,
    traceparent: job.traceparent,
    jobId,
    job: {
      kind,
      endpointId,
      region,
      regionsAsked,
      slotAtMs,
      minute,
      lastSlotOfMinuteAtMs,
      coversMinutes,
      retentionClass,
      look,
      lastFullHash,
    },
    finding,
  };
}

import type { HealthOptions } from "@alivemcp/core/health-options";
import {
  MINUTE_MS,
  minuteOf,
  NO_EXPECTATIONS,
  PIPELINE_VERSION,
  type ProbeJob,
} from "@alivemcp/core/pipeline";
import type { Transport } from "@alivemcp/core/states";

const NEVER: HealthOptions = { kind: "never" };
const BUDGET_MS = 30_000;

/**
 * The job of one `/check`: a full probe that calls no tool, remembers nothing and reports to nobody but who asked.
 * Caps and kills count against the registrable domain, as for every endpoint that nobody claimed.
 */
export function buildCheckJob(check: {
  readonly checkId: string;
  readonly url: string;
  readonly registrableDomain: string;
  readonly transport: Transport;
  readonly region: string;
  readonly requestedAtMs: number;
  readonly traceparent: string;
}): ProbeJob {
  const minute = minuteOf(check.requestedAtMs);
  return {
    v: PIPELINE_VERSION,
    traceparent: check.traceparent,
    kind: "check",
    endpointId: check.checkId,
    capKey: `domain:${check.registrableDomain}`,
    configVersion: 0,
    region: check.region,
    regionsAsked: [check.region],
    slotAtMs: check.requestedAtMs,
    notBeforeMs: check.requestedAtMs,
    minute,
    lastSlotOfMinuteAtMs: (minute + 1) * MINUTE_MS - 1,
    coversMinutes: 1,
    retentionClass: "public",
    look: null,
    url: check.url,
    transport: check.transport,
    remembered: null,
    lastFullHash: null,
    isToolListEmptyAtBaseline: false,
    health: NEVER,
    expectations: NO_EXPECTATIONS,
    budgetMs: BUDGET_MS,
    hasSecondAttempt: true,
    credentialTicket: null,
  };
}

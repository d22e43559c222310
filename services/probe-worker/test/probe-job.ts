import { randomUUID } from "node:crypto";
import { minuteOf, NO_EXPECTATIONS, PIPELINE_VERSION, type ProbeJob } from "@alivemcp/core/pipeline";

/** A slot job of a scripted endpoint that is due now, with what a test wants otherwise. */
export function probeJob(path: string, over: Partial<ProbeJob> = {}): ProbeJob {
  const nowMs = Date.now();
  return {
    v: PIPELINE_VERSION,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    kind: "slot",
    endpointId: randomUUID(),
    capKey: `tenant:${randomUUID()}`,
    configVersion: 1,
    region: "us-east",
    regionsAsked: ["us-east"],
    slotAtMs: nowMs,
    notBeforeMs: nowMs,
    minute: minuteOf(nowMs),
    lastSlotOfMinuteAtMs: nowMs,
    coversMinutes: 1,
    retentionClass: "d7",
    look: null,
    url: `http://scripted.test${path}`,
    transport: "auto",
    remembered: null,
    lastFullHash: null,
    isToolListEmptyAtBaseline: false,
    health: { kind: "never" },
    expectations: NO_EXPECTATIONS,
    budgetMs: 30_000,
    hasSecondAttempt: true,
    credentialTicket: null,
    ...over,
  };
}

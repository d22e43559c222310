import type { ProbeFinding } from "@alivemcp/core/pipeline";

/** A finding `up`, with what a test wants otherwise. */
export function finding(over: Partial<ProbeFinding> = {}): ProbeFinding {
  return {
    state: "up",
    reason: null,
    layer: null,
    detail: null,
    isAuthRequired: false,
    startedAtMs: 0,
    observedAtMs: 0,
    latencyMs: 12,
    era: "legacy",
    protocolVersion: "2025-11-25",
    transport: "http",
    server: { name: "scripted", version: "1" },
    toolsCount: 1,
    contractHash: null,
    fullHash: null,
    transientReason: null,
    tlsExpiresAtMs: null,
    retryAfterMs: null,
    lints: [],
    steps: [],
    evidence: null,
    ...over,
  };
}

import type { ProbeFinding } from "@alivemcp/core/pipeline";

/** The JSON object of `alivemcp check --json`. Its keys are a public contract: add, never rename. */
export interface CheckReport {
  readonly url: string;
  readonly state: ProbeFinding["state"];
  readonly failure_reason: ProbeFinding["reason"];
  readonly failure_layer: ProbeFinding["layer"];
  readonly failure_detail: string | null;
  readonly auth_required: boolean;
  readonly era: ProbeFinding["era"];
  readonly protocol_version: string | null;
  readonly transport: ProbeFinding["transport"];
  readonly server: ProbeFinding["server"];
  readonly tools_count: number | null;
  readonly contract_hash: string | null;
  readonly full_hash: string | null;
  readonly latency_ms: number | null;
  readonly steps: ProbeFinding["steps"];
  readonly lints: readonly string[];
}

export function toCheckReport(url: string, finding: ProbeFinding): CheckReport {
  return {
    url,
    state: finding.state,
    failure_reason: finding.reason,
    failure_layer: finding.layer,
    failure_detail: finding.detail,
    auth_required: finding.isAuthRequired,
    era: finding.era,
    protocol_version: finding.protocolVersion,
    transport: finding.transport,
    server: finding.server,
    tools_count: finding.toolsCount,
    contract_hash: finding.contractHash,
    full_hash: finding.fullHash,
    latency_ms: finding.latencyMs === null ? null : Math.round(finding.latencyMs),
    steps: finding.steps,
    lints: finding.lints,
  };
}

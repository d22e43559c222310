/**
 * The allow-list of what the public may read about an endpoint: page, badge, JSON and later every feed show these
 * fields and no others. Nothing is copied by spreading: a field added to a row or a finding stays inside until it is
 * named here.
 */
import type { ProbeFinding, ProbeStep } from "./pipeline.ts";
import { publicDetail, publicLine } from "./public-text.ts";
import type { Era, FailureLayer, FailureReason, ProbeState, Transport } from "./states.ts";

export type PublicVisibility = "public" | "unlisted";
export type PublicOwnership = "unclaimed" | "added" | "claimed";

/** What never changes from one minute to the next. Text written by strangers has been through `publicLine`. */
export interface PublicEndpoint {
  readonly slug: string;
  readonly name: string;
  /** Already cut by `publicUrl`. */
  readonly url: string;
  readonly visibility: PublicVisibility;
  readonly standing: PublicOwnership;
  /** Configured; what is really spoken is in `measured`. */
  readonly transport: Transport;
  readonly regions: readonly string[];
  readonly cadenceMs: number;
  readonly watchedSinceMs: number;
  /** Nobody probes it at the moment, by its owner's or plan's will. */
  readonly isPaused: boolean;
  readonly measured: PublicMeasured | null;
}

/** What the newest successful probe found the endpoint to speak: measured, not declared. */
export interface PublicMeasured {
  readonly era: Era | null;
  readonly transport: "http" | "sse" | null;
  readonly protocolVersion: string | null;
  readonly server: { readonly name: string; readonly version: string } | null;
  readonly toolsCount: number | null;
}

/** One probe as the waterfall shows it. Excerpts of answers, hashes and lints are the owner's, not the public's. */
export interface PublicFinding {
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly layer: FailureLayer | null;
  readonly detail: string | null;
  readonly isAuthRequired: boolean;
  readonly observedAtMs: number;
  readonly latencyMs: number | null;
  readonly transientReason: FailureReason | null;
  readonly steps: readonly PublicStep[];
  readonly measured: PublicMeasured;
}

export interface PublicStep {
  readonly step: ProbeStep["step"];
  readonly ms: number | null;
  readonly ok: boolean;
  readonly detail: string | null;
}

/** Cuts a finding down to what the public may see. */
export function toPublicFinding(finding: ProbeFinding): PublicFinding {
  return {
    state: finding.state,
    reason: finding.reason,
    layer: finding.layer,
    detail: finding.detail === null ? null : publicDetail(finding.detail),
    isAuthRequired: finding.isAuthRequired,
    observedAtMs: finding.observedAtMs,
    latencyMs: finding.latencyMs,
    transientReason: finding.transientReason,
    steps: finding.steps.map(toPublicStep),
    measured: {
      era: finding.era,
      transport: finding.transport,
      protocolVersion: finding.protocolVersion === null ? null : publicLine(finding.protocolVersion, 32),
      server: toPublicServer(finding.server),
      toolsCount: finding.toolsCount,
    },
  };
}

/** Steps whose detail is an address: where a name leads to is the owner's business. */
const ADDRESS_STEPS: readonly ProbeStep["step"][] = ["dns", "tcp"];

export function toPublicStep(step: ProbeStep): PublicStep {
  const hasDetail = step.detail !== null && !(step.ok && ADDRESS_STEPS.includes(step.step));
  return {
    step: step.step,
    ms: step.ms,
    ok: step.ok,
    detail: hasDetail && step.detail !== null ? publicDetail(step.detail) : null,
  };
}

/** The name and version that an endpoint gives itself, as one bounded line each. */
export function toPublicServer(
  server: { readonly name: string; readonly version: string } | null,
): PublicMeasured["server"] {
  return server === null
    ? null
    : { name: publicLine(server.name, 80), version: publicLine(server.version, 40) };
}

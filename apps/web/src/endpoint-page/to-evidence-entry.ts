import { probeStepSchema } from "@alivemcp/core/pipeline";
import type { PublicStep } from "@alivemcp/core/public-fields";
import { publicLine } from "@alivemcp/core/public-text";
import { FAILURE_REASONS, type FailureReason, type ProbeState } from "@alivemcp/core/states";
import type { EvidenceRow } from "@alivemcp/db/queries/endpoint-history";
import { z } from "zod";

/** One failed region result, as its owner reads it. */
export interface EvidenceEntry {
  readonly id: string;
  readonly minuteAtMs: number;
  readonly observedAtMs: number;
  readonly city: string;
  readonly state: ProbeState;
  readonly reason: FailureReason | null;
  readonly detail: string | null;
  readonly steps: readonly PublicStep[];
  /** What the endpoint answered, redacted before it was stored, one line per line. */
  readonly excerpt: readonly string[];
}

const stepsSchema = z.array(probeStepSchema).catch([]);
const LINE_CHARS_MAX = 500;

/** A reason or step of a newer release is left out, not thrown at. */
export function toEvidenceEntry(row: EvidenceRow, cityOf: (region: string) => string): EvidenceEntry {
  return {
    id: `${row.minuteAtMs}-${row.region}`,
    minuteAtMs: row.minuteAtMs,
    observedAtMs: row.observedAtMs,
    city: cityOf(row.region),
    state: row.state,
    reason: FAILURE_REASONS.find((known) => known === row.reason) ?? null,
    detail: row.detail === null ? null : publicLine(row.detail, LINE_CHARS_MAX),
    steps: stepsSchema.parse(row.steps).map(({ step, ms, ok, detail }) => ({
      step,
      ms,
      ok,
      detail: detail === null ? null : publicLine(detail, LINE_CHARS_MAX),
    })),
    excerpt:
      row.excerpt === null ? [] : row.excerpt.split(/\r?\n/).map((line) => publicLine(line, LINE_CHARS_MAX)),
  };
}

import type { ProbeFinding } from "@alivemcp/core/pipeline";
import type { RetentionClass } from "@alivemcp/core/plans";
import type pg from "pg";
import { RETENTION_CLASS_CODES } from "../codes.ts";
import { type CopyValue, copyRows, storableJson, storableText } from "./copy-rows.ts";

/** What one region found wrong in one minute. */
export interface ArchivedEvidence {
  readonly endpointId: string;
  /** Epoch minute. */
  readonly minute: number;
  readonly retentionClass: RetentionClass;
  readonly region: string;
  readonly finding: ProbeFinding;
}

const STAGING = {
  table: "staging_evidence",
  columns: `endpoint_id uuid, minute integer, retention_class smallint, observed_ms bigint, region text, state text,
    reason text, layer text, detail text, steps text, excerpt text`,
};

/**
 * Writes evidence, each (endpoint, minute, region) at most once per call; a later observation replaces an earlier one,
 * the same one again changes nothing. Evidence of endpoints that are gone is left out.
 */
export async function upsertProbeEvidence(
  client: pg.ClientBase,
  evidence: readonly ArchivedEvidence[],
): Promise<void> {
  if (evidence.length === 0) {
    return;
  }
  await copyRows(client, STAGING, evidence.map(copyValues));
  await client.query(`
    INSERT INTO probe_evidence AS p
      (endpoint_number, retention_class, minute_at, observed_at, region, state, reason, layer, detail, steps, excerpt)
    SELECT e.number, s.retention_class, to_timestamp(s.minute::bigint * 60), to_timestamp(s.observed_ms / 1000.0),
      s.region, s.state, s.reason, s.layer, s.detail, s.steps::jsonb, s.excerpt
    FROM staging_evidence s JOIN endpoints e ON e.id = s.endpoint_id
    ON CONFLICT (endpoint_number, retention_class, minute_at, region) DO UPDATE SET
      observed_at = excluded.observed_at, state = excluded.state, reason = excluded.reason, layer = excluded.layer,
      detail = excluded.detail, steps = excluded.steps, excerpt = excluded.excerpt
    WHERE p.observed_at < excluded.observed_at`);
}

function copyValues({ finding, ...row }: ArchivedEvidence): readonly CopyValue[] {
  return [
    row.endpointId,
    row.minute,
    RETENTION_CLASS_CODES[row.retentionClass],
    finding.observedAtMs,
    row.region,
    finding.state,
    // A failure that a second attempt healed left the state alone; its reason is what the evidence is about.
    finding.reason ?? finding.transientReason,
    finding.layer,
    finding.detail === null ? null : storableText(finding.detail),
    storableJson(finding.steps),
    finding.evidence === null ? null : storableText(finding.evidence).slice(0, 500),
  ];
}

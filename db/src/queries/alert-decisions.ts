/** Why somebody of the tenant was, or was not, told. */
import type { AlertEvent } from "@alivemcp/core/alert-event";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import type { AlertVerdict } from "@alivemcp/core/delivery-state";
import { type SQL, sql } from "drizzle-orm/sql";
import type { TenantScope, Tx } from "../tenant-scope.ts";

export interface AlertDecisionRow {
  readonly id: number;
  readonly atMs: number;
  readonly endpointId: string | null;
  readonly incidentTenantId: string | null;
  readonly alertKey: string;
  readonly event: AlertEvent;
  readonly severity: AlertSeverity;
  readonly sinkId: string | null;
  readonly sinkName: string | null;
  readonly ruleId: string | null;
  readonly ruleName: string | null;
  readonly verdict: AlertVerdict;
  readonly reason: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const ms = (column: string): SQL => sql.raw(`(extract(epoch FROM ${column}) * 1000)::float8`);

/** The tenant's decisions, newest first; `beforeId` is the id of the last row of the page before. */
export async function listAlertDecisions(
  scope: TenantScope,
  tx: Tx,
  page: {
    readonly endpointId?: string | undefined;
    readonly incidentTenantId?: string | undefined;
    readonly beforeId: number | null;
    readonly limit: number;
  },
): Promise<AlertDecisionRow[]> {
  const { endpointId, incidentTenantId, beforeId } = page;
  const conditions = [
    sql`d.tenant_id = ${scope.tenantId}`,
    endpointId === undefined ? undefined : sql`d.endpoint_id = ${endpointId}`,
    incidentTenantId === undefined ? undefined : sql`d.incident_tenant_id = ${incidentTenantId}`,
    beforeId === null ? undefined : sql`d.id < ${beforeId}`,
  ].filter((condition) => condition !== undefined);
  const { rows } = await tx.execute(sql`
    SELECT d.id::float8 AS id, ${ms("d.at")} AS "atMs", d.endpoint_id AS "endpointId",
      d.incident_tenant_id AS "incidentTenantId", d.alert_key AS "alertKey", d.event, d.severity,
      d.sink_id AS "sinkId", s.name AS "sinkName", d.rule_id AS "ruleId", r.name AS "ruleName", d.verdict, d.reason,
      d.facts
    FROM alert_decision d LEFT JOIN sink s ON s.id = d.sink_id LEFT JOIN alert_rule r ON r.id = d.rule_id
    WHERE ${sql.join(conditions, sql` AND `)} ORDER BY d.id DESC LIMIT ${page.limit}`);
  return rows as unknown as AlertDecisionRow[];
}

import { budgetDayStartMs } from "@alivemcp/core/alert-budget";
import { type AlertRule, readAlertRule } from "@alivemcp/core/alert-rule";
import type { DeliveryLane } from "@alivemcp/core/delivery-order";
import { type EscalationPolicy, escalationStepsSchema } from "@alivemcp/core/escalation";
import { type MaintenanceWindow, readMaintenanceWindow } from "@alivemcp/core/maintenance";
import { PLANS, type Plan } from "@alivemcp/core/plans";
import type { RoutedSink } from "@alivemcp/core/route-decision";
import {
  type AlertEndpointRow,
  listAlertEndpoints,
  listAlertPolicies,
  listNewestUpdates,
  listToldSinks,
  lockTenantAlerts,
  type NewestUpdateRow,
  type StoredAlertPolicy,
  type ToldSinkRow,
} from "@alivemcp/db/queries/alert-policy-system";
import { type GroupStanding, listGroupStandings } from "@alivemcp/db/queries/incident-groups-system";
import type { PoolClient } from "@alivemcp/runtime/postgres";
import type { Around } from "./around.ts";
import { loadAround } from "./load-around.ts";

/** What a tenant wants to be told, and what it was told today. The two counts rise while alerts are decided. */
export interface TenantPolicy {
  readonly tenantId: string;
  readonly slug: string;
  readonly plan: Plan;
  readonly rules: readonly AlertRule[];
  readonly sinks: readonly RoutedSink[];
  readonly policies: readonly EscalationPolicy[];
  readonly maintenance: readonly MaintenanceWindow[];
  countedToday: number;
  readonly pending: Record<DeliveryLane, number>;
}

/** All it takes to decide a batch of alerts. Tenants that are to be told nothing, and endpoints that are gone, are missing. */
export interface AlertContext {
  readonly endpoints: ReadonlyMap<string, AlertEndpointRow>;
  readonly tenants: ReadonlyMap<string, TenantPolicy>;
  /** By tenant's row of the incident. Grows while alerts are decided. */
  readonly told: Map<string, ToldSinkRow[]>;
  /** Newest public update by incident. */
  readonly updates: ReadonlyMap<string, NewestUpdateRow>;
  /** What of a tenant failed a moment ago. */
  readonly around: Map<string, Around>;
  /** By group; counts fall while ends are decided. */
  readonly standings: ReadonlyMap<string, Standing>;
}

type Standing = Pick<GroupStanding, "anchorId"> & { openMembers: number; foldedOpen: number };

/**
 * Loads what alerts of one transaction are decided from: a bounded number of statements, however many endpoints and
 * tenants they are about. From here to the end of the transaction nobody else decides alerts of these tenants.
 */
export async function loadAlertContext(
  client: PoolClient,
  of: {
    readonly tenantIds: readonly string[];
    readonly endpointIds: readonly string[];
    readonly incidentTenantIds: readonly string[];
    readonly incidentIds: readonly string[];
    /** Of incidents that end. */
    readonly groupIds: readonly string[];
    /** Tenants and rows of incidents that open. */
    readonly openings: readonly { readonly tenantId: string; readonly incidentTenantId: string }[];
  },
  nowMs: number,
): Promise<AlertContext> {
  const tenantIds = [...new Set(of.tenantIds)];
  // No part of what is counted under the lock, for which other shards of the same tenant may be waiting.
  const endpoints = await listAlertEndpoints(client, { ids: [...new Set(of.endpointIds)], atMs: nowMs });
  const updates = await listNewestUpdates(client, of.incidentIds);
  await lockTenantAlerts(client, tenantIds);
  const stored = await listAlertPolicies(client, {
    tenantIds,
    atMs: nowMs,
    dayStartMs: budgetDayStartMs(nowMs),
  });
  const standings = await listGroupStandings(client, of.groupIds);
  const around = await loadAround(client, of.openings, nowMs);
  const anchorIds = [...around.values()].flatMap(({ groups, lone }) => [
    ...groups.map(({ anchorId }) => anchorId),
    ...lone.map(({ incidentTenantId }) => incidentTenantId),
  ]);
  const told = await listToldSinks(client, [...of.incidentTenantIds, ...anchorIds]);
  return {
    endpoints: new Map(endpoints.map((endpoint) => [endpoint.id, endpoint])),
    tenants: new Map(stored.map((policy) => [policy.tenantId, policyOf(policy)])),
    told: Map.groupBy(told, ({ incidentTenantId }) => incidentTenantId),
    updates: new Map(updates.map((update) => [update.incidentId, update])),
    around,
    standings: new Map(standings.map((standing) => [standing.groupId, { ...standing }])),
  };
}

/** Rules, windows and steps that cannot be read are left out: one broken row may not silence a tenant. */
function policyOf(stored: StoredAlertPolicy): TenantPolicy {
  return {
    tenantId: stored.tenantId,
    slug: stored.slug,
    plan: PLANS[stored.plan],
    rules: stored.rules.flatMap((rule) => readAlertRule(rule) ?? []),
    sinks: stored.sinks,
    policies: stored.escalationPolicies.flatMap(({ id, steps }) => {
      const parsed = escalationStepsSchema.safeParse(steps);
      return parsed.success ? [{ id, steps: parsed.data }] : [];
    }),
    maintenance: stored.maintenanceWindows.flatMap((window) => readMaintenanceWindow(window) ?? []),
    countedToday: stored.countedToday,
    pending: { now: stored.pendingNow, soon: stored.pendingSoon, later: stored.pendingLater },
  };
}

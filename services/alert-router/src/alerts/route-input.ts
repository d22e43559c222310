import { decideEscalation } from "@alivemcp/core/escalation";
import type { RouteInput } from "@alivemcp/core/route-decision";
import type { IncidentTenantChange } from "@alivemcp/db/queries/incidents-system";
import type { AlertRequest } from "./alert-request.ts";
import type { AlertContext, TenantPolicy } from "./load-alert-context.ts";

/**
 * What routing one alert takes; null when its endpoint is gone. `changed`: the tenant's row of the incident as an alert
 * before this one left it.
 */
export function routeInputOf(
  context: AlertContext,
  policy: TenantPolicy,
  { alert, incident }: AlertRequest,
  changed: IncidentTenantChange | null,
  nowMs: number,
): RouteInput | null {
  const endpoint = context.endpoints.get(alert.endpointId);
  if (!endpoint) {
    return null;
  }
  const told = context.told.get(incident?.row.id ?? "") ?? [];
  const isFollowed = endpoint.followerIds.includes(policy.tenantId);
  const input: RouteInput = {
    alert,
    endpoint,
    relation: endpoint.tenantId === policy.tenantId ? "owner" : isFollowed ? "follower" : "none",
    rules: policy.rules,
    sinks: policy.sinks,
    policies: policy.policies,
    maintenance: policy.maintenance,
    releases: endpoint.releases,
    cadenceMs: endpoint.cadenceS * 1_000,
    incident: incident && {
      acknowledgedAtMs: incident.row.acknowledgedAtMs,
      mutedUntilMs: incident.row.mutedUntilMs,
      isClustered: (changed ?? incident.row).clusterId !== null,
      told: told.map(({ sinkId, severity }) => ({ sinkId, severity })),
      pagedAtMs: told.length === 0 ? null : Math.min(...told.map(({ firstAtMs }) => firstAtMs)),
      escalationPolicyId: (changed ?? incident.row).escalationPolicyId,
      escalationStep: (changed ?? incident.row).escalationStep,
    },
    plan: policy.plan,
    escalateTo: null,
  };
  return { ...input, escalateTo: dueSteps(input, nowMs) };
}

/** Steps of the escalation policy that are due when an incident is looked at again; null: none are. */
function dueSteps({ alert, incident, policies, plan }: RouteInput, nowMs: number): RouteInput["escalateTo"] {
  if (incident === null || alert.facts.kind !== "incident" || alert.facts.news !== "still-open") {
    return null;
  }
  const { sinkIds, stepsDone } = decideEscalation(
    {
      policy: policies.find(({ id }) => id === incident.escalationPolicyId) ?? null,
      pagedAtMs: incident.pagedAtMs,
      acknowledgedAtMs: incident.acknowledgedAtMs,
      resolvedAtMs: null,
      stepsDone: incident.escalationStep,
      hasEscalationPolicies: plan.hasEscalationPolicies,
    },
    nowMs,
  );
  return stepsDone === incident.escalationStep ? null : { sinkIds, stepsDone };
}

import { randomUUID } from "node:crypto";
import { decideBudget } from "@alivemcp/core/alert-budget";
import { INCIDENT_SEVERITIES } from "@alivemcp/core/alert-severity";
import { deliveryPriority, laneOf, lanesAhead } from "@alivemcp/core/delivery-order";
import { deadlineAtMsOf } from "@alivemcp/core/delivery-promise";
import { decideEscalation } from "@alivemcp/core/escalation";
import { invariant } from "@alivemcp/core/invariant";
import { routeAlert } from "@alivemcp/core/route-alert";
import type { RouteDecision, RouteInput, RouteOutcome } from "@alivemcp/core/route-decision";
import type { NewAlertDecision, NewDelivery } from "@alivemcp/db/queries/deliveries-system";
import type { IncidentTenantChange } from "@alivemcp/db/queries/incidents-system";
import type { KnownIncident } from "../incidents/known-incident.ts";
import type { AlertRequest } from "./alert-request.ts";
import type { AlertContext, TenantPolicy } from "./load-alert-context.ts";
import { type MessageDeps, messageOfAlert } from "./message-of-alert.ts";

/** Rows to write, in order. */
export interface DecidedAlerts {
  readonly decisions: readonly NewAlertDecision[];
  readonly deliveries: readonly NewDelivery[];
  /** The last one of each tenant's row. */
  readonly incidentTenants: readonly IncidentTenantChange[];
}

/** One decision of the router, after the budget had its say. */
type Verdict = Pick<NewAlertDecision, "verdict" | "reason"> & { readonly route: RouteDecision };

/**
 * Decides alerts one after the other: who hears of each, what the budget says to that, and where its message stands among
 * its tenant's others. Each sees what those before it did. Those of tenants and endpoints that are gone come to nothing.
 */
export function decideAlerts(
  deps: MessageDeps,
  context: AlertContext,
  requests: readonly AlertRequest[],
  nowMs: number,
): DecidedAlerts {
  const decisions: NewAlertDecision[] = [];
  const deliveries: NewDelivery[] = [];
  const incidentTenants = new Map<string, IncidentTenantChange>();
  for (const request of requests) {
    const policy = context.tenants.get(request.alert.tenantId);
    const row = incidentTenants.get(request.incident?.row.id ?? "") ?? null;
    const input = policy && routeInputOf(context, policy, request, row);
    if (!policy || !input) {
      continue;
    }
    const outcome = routeAlert({ ...input, escalateTo: dueSteps(input, nowMs) }, nowMs);
    const { verdicts, isFree } = withinBudget(policy, request, outcome.decisions, input);
    decisions.push(...verdicts.map((verdict) => decisionOf(request, verdict, isFree)));
    const made = verdicts.flatMap((verdict) => deliveryOf(deps, context, policy, request, verdict, nowMs));
    deliveries.push(...made);
    const { incident } = request;
    if (incident) {
      noteTold(context, incident.row.id, made);
      const after = incidentTenantAfter(
        { ...incident, row: row ?? incident.row },
        request.alert,
        outcome,
        made,
      );
      incidentTenants.set(incident.row.id, after);
    }
  }
  return { decisions, deliveries, incidentTenants: [...incidentTenants.values()] };
}

/** The tenant's row of an incident after an alert about it. */
function incidentTenantAfter(
  { facts, row }: { readonly facts: KnownIncident; readonly row: IncidentTenantChange },
  { facts: news }: AlertRequest["alert"],
  outcome: RouteOutcome,
  made: readonly NewDelivery[],
): IncidentTenantChange {
  const isAside = news.kind === "incident" && news.news === "public-update";
  // What people say in public changes nothing about who is told next, and when.
  const wakeAtMs = isAside ? row.wakeAtMs : outcome.wakeAtMs;
  return {
    ...row,
    resolvedAtMs: facts.resolvedAtMs,
    wakeAtMs: facts.resolvedAtMs === null ? wakeAtMs : null,
    escalationPolicyId: outcome.escalation?.policyId ?? row.escalationPolicyId,
    escalationStep: outcome.escalation?.stepsDone ?? row.escalationStep,
    toldSeverity: made.some(({ state }) => state === "pending") ? facts.severity : row.toldSeverity,
  };
}

/** `changed`: the tenant's row of the incident as an alert before this one left it. */
function routeInputOf(
  context: AlertContext,
  policy: TenantPolicy,
  { alert, incident }: AlertRequest,
  changed: IncidentTenantChange | null,
): RouteInput | null {
  const endpoint = context.endpoints.get(alert.endpointId);
  if (!endpoint) {
    return null;
  }
  const told = context.told.get(incident?.row.id ?? "") ?? [];
  const isFollowed = endpoint.followerIds.includes(policy.tenantId);
  return {
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
      isClustered: incident.row.clusterId !== null,
      told: told.map(({ sinkId, severity }) => ({ sinkId, severity })),
      pagedAtMs: told.length === 0 ? null : Math.min(...told.map(({ firstAtMs }) => firstAtMs)),
      escalationPolicyId: (changed ?? incident.row).escalationPolicyId,
      escalationStep: (changed ?? incident.row).escalationStep,
    },
    plan: policy.plan,
    escalateTo: null,
  };
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

/** An alert counts once, however many sinks hear of it; what somebody simulates costs nothing. */
function withinBudget(
  policy: TenantPolicy,
  { alert }: AlertRequest,
  routes: readonly RouteDecision[],
  { incident }: RouteInput,
): { readonly verdicts: readonly Verdict[]; readonly isFree: boolean } {
  const verdicts = routes.map((route) => ({ route, verdict: route.verdict, reason: route.reason }));
  if (alert.isTest || routes.every(({ verdict }) => verdict !== "send")) {
    return { verdicts, isFree: true };
  }
  const told = incident?.told.map(({ severity }) => severity).sort() ?? [];
  const budget = decideBudget(
    {
      event: alert.event,
      severity: alert.severity,
      toldSeverity: INCIDENT_SEVERITIES.find((one) => one === told[0]) ?? null,
    },
    policy.countedToday,
    policy.plan,
  );
  if (budget.kind === "send") {
    policy.countedToday += Number(budget.isCounted);
    return { verdicts, isFree: !budget.isCounted };
  }
  return {
    verdicts: verdicts.map((one) =>
      one.verdict === "send" ? { ...one, verdict: "fold", reason: budget.reason } : one,
    ),
    isFree: true,
  };
}

function decisionOf(
  { alert, incident }: AlertRequest,
  { route, verdict, reason }: Verdict,
  isFree: boolean,
): NewAlertDecision {
  const { tenantId, endpointId, alertKey, severity, atMs } = alert;
  return {
    tenantId,
    endpointId,
    alertKey,
    severity,
    atMs,
    incidentTenantId: incident?.row.id ?? null,
    event: route.event,
    sinkId: route.sinkId,
    ruleId: route.ruleId,
    verdict,
    reason,
    facts: {
      ...(route.untilMs === null ? {} : { untilMs: route.untilMs }),
      ...(alert.facts.kind === "incident" ? { news: alert.facts.news } : {}),
      ...(verdict === "send" && isFree ? { isFree } : {}),
    },
  };
}

/** What is sent waits to be sent; what the budget folds waits for its digest. Everything else leaves no message. */
function deliveryOf(
  deps: MessageDeps,
  context: AlertContext,
  policy: TenantPolicy,
  request: AlertRequest,
  { route, verdict, reason }: Verdict,
  nowMs: number,
): readonly NewDelivery[] {
  if (route.verdict !== "send" || route.sinkId === null) {
    return [];
  }
  const { alert, incident } = request;
  const sink = policy.sinks.find(({ id }) => id === route.sinkId);
  const endpoint = context.endpoints.get(alert.endpointId);
  invariant(sink && endpoint, "routing chose a sink of the tenant and an endpoint that is there");
  const isFolded = verdict === "fold";
  const lane = laneOf(route.event, alert.severity);
  const ahead = lanesAhead(lane).reduce((sum, one) => sum + policy.pending[one], 0);
  policy.pending[lane] += Number(!isFolded);
  return [
    {
      id: randomUUID(),
      tenantId: alert.tenantId,
      sinkId: sink.id,
      incidentTenantId: incident?.row.id ?? null,
      endpointId: alert.endpointId,
      alertKey: alert.alertKey,
      dedupKey: alert.dedupKey,
      severity: alert.severity,
      message: messageOfAlert(deps, {
        request,
        endpoint,
        workspaceSlug: policy.slug,
        event: route.event,
        update: context.updates.get(incident?.facts.id ?? "") ?? null,
        nowMs,
      }),
      state: isFolded ? "folded" : "pending",
      reason: isFolded ? reason : null,
      priority: deliveryPriority(lane, ahead),
      atMs: nowMs,
      dueAtMs: nowMs,
      deadlineAtMs: deadlineAtMsOf(route.event, sink.kind, nowMs),
    },
  ];
}

function noteTold(context: AlertContext, incidentTenantId: string, made: readonly NewDelivery[]): void {
  const told = context.told.get(incidentTenantId) ?? [];
  for (const { sinkId, severity, state, atMs } of made) {
    if (state !== "pending" || severity === null) {
      continue;
    }
    const earlier = told.findIndex((one) => one.sinkId === sinkId);
    const firstAtMs = told[earlier]?.firstAtMs ?? atMs;
    told.splice(earlier === -1 ? told.length : earlier, 1, { incidentTenantId, sinkId, severity, firstAtMs });
  }
  context.told.set(incidentTenantId, told);
}

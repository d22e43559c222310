import { routeAlert } from "@alivemcp/core/route-alert";
import type { RouteOutcome } from "@alivemcp/core/route-decision";
import type { NewAlertDecision, NewDelivery } from "@alivemcp/db/queries/deliveries-system";
import type { NewIncidentGroup } from "@alivemcp/db/queries/incident-groups-system";
import type { IncidentTenantChange } from "@alivemcp/db/queries/incidents-system";
import type { AlertRequest } from "./alert-request.ts";
import { deliveryOf } from "./delivery-of.ts";
import { endInGroup, foldIntoGroup } from "./group-verdicts.ts";
import { type Joined, joinGroup } from "./join-group.ts";
import type { AlertContext } from "./load-alert-context.ts";
import type { MessageDeps } from "./message-of-alert.ts";
import { routeInputOf } from "./route-input.ts";
import { skippedAsOver, type Verdict, verdictOf, withinBudget } from "./verdict.ts";

/** Rows to write, in order. */
export interface DecidedAlerts {
  readonly decisions: readonly NewAlertDecision[];
  readonly deliveries: readonly NewDelivery[];
  readonly groups: readonly NewIncidentGroup[];
  /** The last one of each tenant's row. */
  readonly incidentTenants: readonly IncidentTenantChange[];
}

/**
 * Decides alerts one after the other: who hears of each, whether something else tells of it already, what the budget says,
 * and where its message stands among its tenant's others. Each sees what those before it did. Those of tenants and
 * endpoints that are gone come to nothing.
 */
export function decideAlerts(
  deps: MessageDeps,
  context: AlertContext,
  requests: readonly AlertRequest[],
  nowMs: number,
): DecidedAlerts {
  const rows = new Map<string, IncidentTenantChange>();
  const decided = requests.map((request) => decideAlert(deps, context, rows, request, nowMs));
  return {
    decisions: decided.flatMap(({ decisions }) => decisions),
    deliveries: decided.flatMap(({ deliveries }) => deliveries),
    groups: decided.flatMap(({ joined }) => joined?.started ?? []),
    incidentTenants: [...rows.values()],
  };
}

interface DecidedAlert {
  readonly decisions: readonly NewAlertDecision[];
  readonly deliveries: readonly NewDelivery[];
  readonly joined: Joined | null;
}

const NOTHING: DecidedAlert = { decisions: [], deliveries: [], joined: null };

/** `rows`: the tenants' rows that alerts before this one changed; gains this one's. */
function decideAlert(
  deps: MessageDeps,
  context: AlertContext,
  rows: Map<string, IncidentTenantChange>,
  request: AlertRequest,
  nowMs: number,
): DecidedAlert {
  const { alert, incident } = request;
  const policy = context.tenants.get(alert.tenantId);
  const row = incident && (rows.get(incident.row.id) ?? incident.row);
  const input = policy && routeInputOf(context, policy, request, row, nowMs);
  if (!policy || !input) {
    return NOTHING;
  }
  const outcome = routeAlert(input, nowMs);
  const joined = request.isOver ? null : joinGroup(context, request);
  const routed = outcome.decisions.map(verdictOf).map((one) => (request.isOver ? skippedAsOver(one) : one));
  const inGroup = joined ? foldIntoGroup(context, joined, routed) : routed;
  const proposed = row ? endInGroup(context, request, row, inGroup) : inGroup;
  const { verdicts, isFree } = withinBudget(policy, request, proposed, input);
  const deliveries = verdicts.flatMap((verdict) =>
    deliveryOf(deps, context, policy, request, verdict, nowMs),
  );
  if (incident && row) {
    noteTold(context, row.id, deliveries);
    rows.set(
      row.id,
      rowAfter(request, { ...row, groupId: joined?.groupId ?? row.groupId }, outcome, verdicts),
    );
  }
  const anchor = rows.get(joined?.started?.anchorId ?? "");
  if (joined && anchor) {
    rows.set(anchor.id, { ...anchor, groupId: joined.groupId });
  }
  return { decisions: verdicts.map((verdict) => decisionOf(request, verdict, isFree)), deliveries, joined };
}

/** The tenant's row of an incident after an alert about it. */
function rowAfter(
  { alert, incident }: AlertRequest,
  row: IncidentTenantChange,
  outcome: RouteOutcome,
  verdicts: readonly Verdict[],
): IncidentTenantChange {
  const news = alert.facts.kind === "incident" ? alert.facts.news : null;
  // What people say in public, and how many fail together, changes nothing about who is told next, and when.
  const isAside = news === "public-update" || news === "together";
  const isSent = verdicts.some(({ message }) => message === "pending");
  // Somebody else's message tells of it: nothing of its own is due until something changes.
  const isFolded = !isSent && verdicts.some(({ verdict }) => verdict === "fold");
  const isOver = incident?.facts.resolvedAtMs !== null;
  const wakeAtMs = isAside ? row.wakeAtMs : outcome.wakeAtMs;
  return {
    ...row,
    resolvedAtMs: incident?.facts.resolvedAtMs ?? null,
    wakeAtMs: isOver || isFolded ? null : wakeAtMs,
    escalationPolicyId: isFolded
      ? row.escalationPolicyId
      : (outcome.escalation?.policyId ?? row.escalationPolicyId),
    escalationStep: isFolded ? row.escalationStep : (outcome.escalation?.stepsDone ?? row.escalationStep),
    toldSeverity: isSent ? (incident?.facts.severity ?? row.toldSeverity) : row.toldSeverity,
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

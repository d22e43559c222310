import type { Alert } from "@alivemcp/core/alert";
import { readAlertRule } from "@alivemcp/core/alert-rule";
import type { AlertSeverity } from "@alivemcp/core/alert-severity";
import { reasonSentence } from "@alivemcp/core/alert-words";
import { escalationStepsSchema } from "@alivemcp/core/escalation";
import { readMaintenanceWindow } from "@alivemcp/core/maintenance";
import { PLANS } from "@alivemcp/core/plans";
import { routeAlert } from "@alivemcp/core/route-alert";
import type { RouteDecision, RoutedIncident } from "@alivemcp/core/route-decision";
import { listAlertRules } from "@alivemcp/db/queries/alert-rules";
import { listEscalationPolicies } from "@alivemcp/db/queries/escalation-policies";
import { listLiveMaintenanceWindows } from "@alivemcp/db/queries/maintenance-windows";
import { listReleaseWindows } from "@alivemcp/db/queries/release-windows";
import { listSinks } from "@alivemcp/db/queries/sinks";
import { findTenant } from "@alivemcp/db/queries/tenants";
import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";
import { findWatched } from "../watched/find-watched.ts";

export type PreviewedDecision = RouteDecision & {
  readonly sinkName: string | null;
  readonly ruleName: string | null;
  /** Why, for people. */
  readonly sentence: string;
};

const RELEASES_MAX = 50;
const NO_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Where an alert of this severity about this endpoint would go at that instant, by the rules, sinks and windows of now:
 * the router's own decision, about an incident that nobody was told of yet. Throws `not_found`.
 */
export function previewRoute(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly endpoint: string; readonly severity: AlertSeverity; readonly atMs: number },
): Promise<readonly PreviewedDecision[]> {
  return read(deps, caller, "rule.read", async (tx) => {
    const endpoint = await findWatched(caller, tx, input.endpoint);
    const world = await loadWorld(caller, tx, { endpoint, atMs: input.atMs });
    const alert = previewed(caller.scope.tenantId, endpoint.id, input);
    const { decisions } = routeAlert(
      {
        ...world,
        alert,
        endpoint,
        relation: endpoint.isFollowed ? "follower" : "owner",
        cadenceMs: endpoint.cadenceMs,
        incident: alert.facts.kind === "incident" ? UNTOLD : null,
        escalateTo: null,
      },
      input.atMs,
    );
    return decisions.map((decision) => ({
      ...decision,
      sinkName: world.sinks.find(({ id }) => id === decision.sinkId)?.name ?? null,
      ruleName: world.names.get(decision.ruleId ?? "") ?? null,
      sentence: reasonSentence(decision.reason) ?? decision.reason,
    }));
  });
}

async function loadWorld(
  { scope }: Caller,
  tx: Tx,
  { endpoint, atMs }: { readonly endpoint: WatchedEndpoint; readonly atMs: number },
) {
  const rules = await listAlertRules(scope, tx);
  const sinks = await listSinks(scope, tx);
  const policies = await listEscalationPolicies(scope, tx);
  const windows = await listLiveMaintenanceWindows(scope, tx, new Date(atMs));
  const releases = await listReleaseWindows(scope, tx, { endpointId: endpoint.id, limit: RELEASES_MAX });
  const tenant = await findTenant(scope, tx);
  return {
    names: new Map(rules.map(({ id, name }) => [id, name])),
    rules: rules.map(readAlertRule).filter((rule) => rule !== null),
    sinks: sinks.map((sink) => ({ ...sink, createdAtMs: sink.createdAt.getTime() })),
    policies: policies.flatMap(({ id, steps }) => {
      const parsed = escalationStepsSchema.safeParse(steps);
      return parsed.success ? [{ id, steps: parsed.data }] : [];
    }),
    maintenance: windows.flatMap((row) => {
      const { id, scope: windowScope, recurrence } = row;
      const times = { startsAtMs: row.startsAt.getTime(), endsAtMs: row.endsAt.getTime() };
      return (
        readMaintenanceWindow({ id, scope: windowScope, recurrence, ...times, cancelledAtMs: null }) ?? []
      );
    }),
    releases: releases
      .filter(({ cancelledAt }) => cancelledAt === null)
      .map(({ fromAt, untilAt }) => ({ fromMs: fromAt.getTime(), untilMs: untilAt.getTime() })),
    plan: tenant?.plan ?? PLANS.public,
  };
}

const UNTOLD: RoutedIncident = {
  acknowledgedAtMs: null,
  mutedUntilMs: null,
  isClustered: false,
  told: [],
  pagedAtMs: null,
  escalationPolicyId: null,
  escalationStep: 0,
};

/** P1 and P2 are incidents; the milder ones stand for drift, which a release window may announce. */
function previewed(
  tenantId: string,
  endpointId: string,
  { severity, atMs }: { readonly severity: AlertSeverity; readonly atMs: number },
): Alert {
  const base = {
    tenantId,
    endpointId,
    alertKey: "preview",
    dedupKey: "preview",
    severity,
    atMs,
    isTest: true,
  };
  return severity === "P1" || severity === "P2"
    ? {
        ...base,
        event: "incident.opened",
        facts: { kind: "incident", incidentTenantId: NO_ID, news: "opened", because: null, causes: ["down"] },
      }
    : {
        ...base,
        event: "drift.detected",
        facts: {
          kind: "drift",
          driftEventId: NO_ID,
          breaking: severity === "P3" ? 1 : 0,
          other: 1,
          tools: [],
          concerns: [],
        },
      };
}

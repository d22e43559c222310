/** Alerts, rules and sinks of one tenant for tests of routing. */
import type { Alert, IncidentNews } from "../src/alert.ts";
import type { AlertEvent } from "../src/alert-event.ts";
import type { AlertRule } from "../src/alert-rule.ts";
import type { AlertSeverity } from "../src/alert-severity.ts";
import type { MaintenanceWindow } from "../src/maintenance.ts";
import { PLANS } from "../src/plans.ts";
import type { RoutedIncident, RoutedSink, RouteInput } from "../src/route-decision.ts";

/** A Monday, noon in UTC. */
export const t0 = Date.UTC(2026, 10, 23, 12);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

const EVENTS: Readonly<Record<IncidentNews, AlertEvent>> = {
  opened: "incident.opened",
  reopened: "incident.opened",
  rose: "incident.updated",
  fell: "incident.updated",
  flapping: "incident.updated",
  added: "incident.updated",
  "still-open": "incident.updated",
  acknowledged: "incident.acknowledged",
  "public-update": "incident.updated",
  together: "incident.updated",
  resolved: "incident.resolved",
};

const base = { tenantId: "tenant", endpointId: "endpoint", atMs: t0, isTest: false };

export const incidentAlertOf = (news: IncidentNews, severity: AlertSeverity = "P1"): Alert => ({
  ...base,
  alertKey: `incident:i:${news}`,
  dedupKey: "i",
  event: EVENTS[news],
  severity,
  facts: {
    kind: "incident",
    incidentTenantId: "i",
    news,
    because: null,
    causes: news === "resolved" ? [] : [severity === "P1" ? "down" : "degraded"],
  },
});

export const drift = (
  severity: AlertSeverity = "P3",
  concerns: readonly ("safety" | "instructions")[] = [],
): Alert => ({
  ...base,
  alertKey: "drift:d",
  dedupKey: "drift:d",
  event: "drift.detected",
  severity,
  facts: { kind: "drift", driftEventId: "d", breaking: 1, other: 0, tools: ["a"], concerns },
});

export const expiry: Alert = {
  ...base,
  alertKey: "certificate:e:1:3",
  dedupKey: "certificate:e:1",
  event: "certificate.expiring",
  severity: "P3",
  facts: { kind: "expiry", what: "certificate", expiresAtMs: t0 + 3 * 24 * HOUR_MS, days: 3 },
};

export const sink = (id: string, change: Partial<RoutedSink> = {}): RoutedSink => ({
  id,
  kind: "slack",
  state: "verified",
  isDefault: false,
  createdAtMs: t0,
  ...change,
});

export const rule = (id: string, sinkIds: readonly string[], change: Partial<AlertRule> = {}): AlertRule => ({
  id,
  position: 1,
  isEnabled: true,
  severities: ["P1", "P2", "P3"],
  scope: { kind: "all" },
  hours: null,
  sinkIds,
  escalationPolicyId: null,
  ...change,
});

export const fresh: RoutedIncident = {
  acknowledgedAtMs: null,
  mutedUntilMs: null,
  isClustered: false,
  told: [],
  pagedAtMs: null,
  escalationPolicyId: null,
  escalationStep: 0,
};

/** Told to these sinks an hour ago. */
export const told = (severity: AlertSeverity, ...sinkIds: readonly string[]): RoutedIncident => ({
  ...fresh,
  told: sinkIds.map((sinkId) => ({ sinkId, severity })),
  pagedAtMs: t0 - HOUR_MS,
});

export const window = (endsAtMs: number, change: Partial<MaintenanceWindow> = {}): MaintenanceWindow => ({
  id: "w",
  scope: { kind: "all" },
  startsAtMs: t0 - HOUR_MS,
  endsAtMs,
  recurrence: null,
  cancelledAtMs: null,
  ...change,
});

/** A Team workspace with an e-mail by default and two Slack sinks. */
export const given = (change: Partial<RouteInput> = {}): RouteInput => ({
  alert: incidentAlertOf("opened"),
  endpoint: { id: "endpoint", tags: ["prod"], group: "Weather" },
  relation: "owner",
  rules: [],
  sinks: [sink("mail", { kind: "email", isDefault: true, createdAtMs: t0 - 1 }), sink("s1"), sink("s2")],
  policies: [],
  maintenance: [],
  releases: [],
  cadenceMs: MINUTE_MS,
  incident: fresh,
  plan: PLANS.team,
  escalateTo: null,
  ...change,
});

/** A workspace in the middle of a bad night, for whoever looks at the pages of alerting. */
import { randomUUID } from "node:crypto";
import { seedEndpoint, seedNow, type TestDashboard } from "./open-test-dashboard.ts";
import { insertRow, MESSAGE, seedDelivery, seedIncident, seedSink } from "./seed-alerting.ts";

const MINUTE_MS = 60_000;

export interface AlertingWorld {
  readonly endpointSlug: string;
  readonly incidentId: string;
  readonly sinkId: string;
  readonly unverifiedId: string;
  readonly ruleId: string;
  readonly policyId: string;
  readonly deliveryId: string;
}

/** `userId` is the owner: who acknowledged, commented and wrote. */
export async function seedAlertingWorld(
  dashboard: TestDashboard,
  { tenantId, userId }: { readonly tenantId: string; readonly userId: string },
): Promise<AlertingWorld> {
  const nowMs = dashboard.clock.atMs;
  const at = (minutesAgo: number) => new Date(nowMs - minutesAgo * MINUTE_MS);
  const names = ["Billing API", "Search for documents with quite a long name", "Mail"];
  const endpoints = [];
  for (const name of names) {
    const endpoint = await seedEndpoint(dashboard, tenantId, {
      name,
      tags: ["prod", "eu"],
      group_name: "Shop",
      first_watched_at: at(60 * 24 * 40),
      created_at: at(60 * 24 * 40),
    });
    await seedNow(dashboard, endpoint.id);
    endpoints.push(endpoint);
  }
  const [billing, search, mail] = endpoints;
  if (billing === undefined || search === undefined || mail === undefined) {
    throw new Error("three endpoints");
  }
  const ops = await seedSink(dashboard, tenantId, { name: "#on-call", is_default: true });
  const pager = await seedSink(dashboard, tenantId, {
    name: "PagerDuty, night shift",
    kind: "pagerduty",
    shown: "Integration key …9f2c (EU), answers come back",
    last_answer: "Event processed",
  });
  const dead = await seedSink(dashboard, tenantId, {
    name: "Old webhook",
    kind: "webhook",
    shown: "hooks.example.com",
    state: "disabled",
    disabled_at: at(60),
    disabled_reason: "refused_for_good",
    last_outcome: "permanent",
    last_answer: "410 Gone",
    failures_in_a_row: 4,
  });
  const unverified = await seedSink(dashboard, tenantId, {
    name: "Team chat",
    kind: "discord",
    shown: "Webhook …481516",
    state: "unverified",
    verified_at: null,
    proof_hash: "a".repeat(64),
    proof_expires_at: new Date(nowMs + 12 * MINUTE_MS),
  });
  const policyId = await insertRow(dashboard, "escalation_policy", {
    tenant_id: tenantId,
    name: "Night",
    steps: JSON.stringify([
      { afterMs: 0, sinkIds: [ops] },
      { afterMs: 5 * MINUTE_MS, sinkIds: [pager] },
      { afterMs: 15 * MINUTE_MS, sinkIds: [pager, dead] },
    ]),
  });
  const rule = (position: number, columns: Readonly<Record<string, unknown>>) =>
    insertRow(dashboard, "alert_rule", { tenant_id: tenantId, position, ...columns });
  const ruleId = await rule(1, {
    name: "Production by day",
    severities: ["P1", "P2"],
    scope: JSON.stringify({ kind: "some", endpointIds: [], tags: ["prod"], groups: [] }),
    hours: JSON.stringify({
      timeZone: "Europe/Berlin",
      ranges: [{ days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" }],
    }),
    sink_ids: [ops],
    escalation_policy_id: policyId,
  });
  await rule(2, {
    name: "Everything else",
    severities: ["P1", "P2", "P3"],
    scope: JSON.stringify({ kind: "all" }),
    sink_ids: [ops, unverified],
  });
  await rule(3, { name: "Silenced", is_enabled: false, severities: ["P4"], scope: '{"kind":"all"}' });
  await insertRow(dashboard, "maintenance_window", {
    tenant_id: tenantId,
    name: "Database upgrade",
    scope: JSON.stringify({ kind: "some", endpointIds: [mail.id], tags: [], groups: [] }),
    starts_at: at(20),
    ends_at: at(-40),
    note: "Mail may be slow.\nWrites are off.",
    created_by: `member ${userId}`,
  });
  await insertRow(dashboard, "maintenance_window", {
    tenant_id: tenantId,
    name: "Backups",
    scope: '{"kind":"all"}',
    starts_at: at(60 * 24 * 8),
    ends_at: at(60 * 24 * 8 - 60),
    recurrence: JSON.stringify({
      timeZone: "Europe/Berlin",
      weekdays: [2, 7],
      start: "02:00",
      durationMinutes: 60,
      untilMs: null,
    }),
    is_public: false,
    created_by: `member ${userId}`,
  });
  await insertRow(dashboard, "maintenance_window", {
    tenant_id: tenantId,
    name: "New certificates",
    scope: '{"kind":"all"}',
    starts_at: at(60 * 24 * 3),
    ends_at: at(60 * 24 * 3 - 30),
    cancelled_at: at(60 * 24 * 3 - 10),
    created_by: `member ${userId}`,
  });
  const groupId = await insertRow(dashboard, "incident_group", {
    tenant_id: tenantId,
    cause: "host:mcp.example.com",
    opened_at: at(9),
  });
  const incident = await seedIncident(
    dashboard,
    { tenantId, endpointId: billing.id, groupId },
    {},
    { first_accepted_at: at(9), acknowledged_at: at(4), acknowledged_by: `member ${userId}` },
  );
  const of = { tenantId, sinkId: ops, endpointId: billing.id, incidentId: incident.id };
  await seedIncident(dashboard, { tenantId, endpointId: search.id, groupId });
  await seedIncident(
    dashboard,
    { tenantId, endpointId: mail.id },
    {
      severity: "P2",
      severity_worst: "P2",
      causes: [],
      failure_reason: "health_check_failed",
      is_flapping: true,
      started_at: at(60 * 26),
      opened_at: at(60 * 26 - 3),
      ended_at: at(60 * 25),
      resolved_at: at(60 * 25 - 1),
    },
  );
  const event = (minutesAgo: number, kind: string, facts: object, actor: string | null = null) =>
    insertRow(dashboard, "incident_event", {
      incident_id: incident.incidentId,
      tenant_id: actor === null ? null : tenantId,
      at: at(minutesAgo),
      kind,
      actor,
      facts: JSON.stringify(facts),
      key: randomUUID(),
    });
  await event(6, "regions-changed", { regions: ["eu-west", "us-east"] });
  await event(4, "acknowledged", {}, `member ${userId}`);
  await event(3, "comment", { body: "The new release does not start.\nRolling back." }, `member ${userId}`);
  await insertRow(dashboard, "incident_update", {
    incident_id: incident.incidentId,
    tenant_id: tenantId,
    stage: "identified",
    body: "We are rolling back the release of this morning. Next update in 30 minutes.",
    written_by: `member ${userId}`,
    at: at(2),
  });
  const deliveryId = await seedDelivery(dashboard, of, {}, [
    {
      outcome: "retryable",
      status: 503,
      answer: "service_unavailable",
      reason: "server_error",
      retry_at: at(8),
    },
    {},
  ]);
  await seedDelivery(
    dashboard,
    { ...of, sinkId: dead },
    {
      state: "failed",
      reason: "sink_dead",
      message: JSON.stringify({ ...MESSAGE, title: "Billing API is down" }),
    },
    [{ outcome: "permanent", status: 410, answer: "Gone" }],
  );
  await seedDelivery(
    dashboard,
    { ...of, sinkId: pager },
    {
      state: "pending",
      settled_at: null,
      attempts: 1,
      due_at: new Date(nowMs + 40_000),
      deadline_at: new Date(nowMs + 50 * MINUTE_MS),
    },
    [{ outcome: "retryable", status: null, answer: null, reason: "timeout" }],
  );
  const decided = (verdict: string, reason: string, columns: Readonly<Record<string, unknown>>) =>
    insertRow(dashboard, "alert_decision", {
      tenant_id: tenantId,
      at: at(9),
      endpoint_id: billing.id,
      incident_tenant_id: incident.id,
      alert_key: `incident:${incident.id}:${randomUUID()}`,
      event: "incident.opened",
      severity: "P1",
      verdict,
      reason,
      ...columns,
    });
  await decided("send", "rule-matches", { sink_id: ops, rule_id: ruleId });
  await decided("skip", "sink-unverified", { sink_id: unverified });
  await decided("mute", "acknowledged", { sink_id: ops, event: "incident.updated", at: at(3) });
  return {
    endpointSlug: billing.slug,
    incidentId: incident.id,
    sinkId: ops,
    unverifiedId: unverified,
    ruleId,
    policyId,
    deliveryId,
  };
}

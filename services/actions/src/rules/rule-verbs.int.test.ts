import { type AlertRuleInput, alertRuleInputSchema } from "@alivemcp/core/alert-rule";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addTestTenant, type TestTenant } from "../../../../db/test/tenant.ts";
import { callerOf } from "../../test/action-deps.ts";
import { addEndpoint, addIncident } from "../../test/add-incident.ts";
import { addSink } from "../../test/add-sink.ts";
import { listDecisions } from "../alerting/list-decisions.ts";
import {
  createEscalationPolicy,
  deleteEscalationPolicy,
  updateEscalationPolicy,
} from "../escalations/change-escalation-policy.ts";
import { createMaintenance, endMaintenance, updateMaintenance } from "../maintenance/change-maintenance.ts";
import { listMaintenance, listUpcomingMaintenance } from "../maintenance/list-maintenance.ts";
import { maintenanceSchema } from "../maintenance/maintenance-input.ts";
import { createRule, deleteRule, reorderRules, ruleRevision, updateRule } from "./change-rule.ts";
import { listRules } from "./list-rules.ts";
import { previewRoute } from "./preview-route.ts";

// A Saturday.
const t0 = Date.UTC(2026, 10, 21, 12);
const HOUR_MS = 3_600_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app"), clock: { nowMs: () => t0 } });
const rule = (changes: Partial<AlertRuleInput> = {}): AlertRuleInput =>
  alertRuleInputSchema.parse({ name: "Pages", severities: ["P1"], scope: { kind: "all" }, ...changes });
const window = (changes: object = {}) =>
  maintenanceSchema.parse({
    name: "Upgrade",
    scope: { kind: "all" },
    startsAtMs: t0,
    endsAtMs: t0 + HOUR_MS,
    ...changes,
  });
const audited = async ({ id }: TestTenant) =>
  (
    await database.pool("super").query("SELECT action FROM audit_log WHERE tenant_id = $1 ORDER BY id", [id])
  ).rows.map(({ action }) => action);

/** A workspace with an endpoint and a verified sink that is the default. */
async function openWorld(plan: "team" | "author" = "team") {
  const tenant = await addTestTenant(database, { plan });
  const endpoint = await addEndpoint(database, tenant);
  const sinkId = await addSink(database, tenant, { isDefault: true });
  return { tenant, caller: callerOf(tenant), endpoint, sinkId };
}

test("a rule is written, changed, put in order and removed, each with its audit row", async () => {
  const { tenant, caller, sinkId } = await openWorld();
  const first = await createRule(deps(), caller, rule({ sinkIds: [sinkId] }));
  expect(first.warnings).toEqual([]);
  const second = await createRule(
    deps(),
    caller,
    rule({ name: "Rest", severities: ["P2"], sinkIds: [sinkId] }),
  );
  const ids = [second.rule.id, first.rule.id];
  expect((await reorderRules(deps(), caller, ids)).map(({ id }) => id)).toEqual(ids);
  await reorderRules(deps(), caller, ids);
  await updateRule(deps(), caller, { id: first.rule.id, rule: rule({ sinkIds: [sinkId] }) });
  await updateRule(deps(), caller, { id: first.rule.id, rule: rule({ name: "Nights", sinkIds: [sinkId] }) });
  await deleteRule(deps(), caller, second.rule.id);
  expect(await listRules(deps(), caller)).toMatchObject([{ name: "Nights" }]);
  expect(await audited(tenant)).toEqual([
    "rule.create",
    "rule.create",
    "rule.reorder",
    "rule.update",
    "rule.delete",
  ]);
});

test("who saw an older rule overwrites nothing", async () => {
  const { caller } = await openWorld();
  const { rule: row } = await createRule(deps(), caller, rule());
  const ifRevision = ruleRevision(row);
  await updateRule(deps(), caller, { id: row.id, rule: rule({ name: "Mine" }), ifRevision });
  await expect(
    updateRule(deps(), caller, { id: row.id, rule: rule({ name: "Theirs" }), ifRevision }),
  ).rejects.toMatchObject({ code: "conflict", field: "revision" });
});

test.each<[string, (other: Awaited<ReturnType<typeof openWorld>>) => Partial<AlertRuleInput>, string]>([
  ["sink", ({ sinkId }) => ({ sinkIds: [sinkId] }), "sink_ids"],
  [
    "endpoint",
    ({ endpoint }) => ({ scope: { kind: "some", endpointIds: [endpoint.id], tags: [], groups: [] } }),
    "scope.endpoint_ids",
  ],
  ["escalation policy", ({ sinkId }) => ({ escalationPolicyId: sinkId }), "escalation_policy_id"],
])(
  "a rule with another workspace's %s is refused, and its revision and place unknown",
  async (_name, of, field) => {
    const [{ caller }, other] = [await openWorld(), await openWorld()];
    await expect(createRule(deps(), caller, rule(of(other)))).rejects.toMatchObject({
      code: "invalid",
      field,
    });
    const { rule: theirs } = await createRule(deps(), other.caller, rule());
    await expect(updateRule(deps(), caller, { id: theirs.id, rule: rule() })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(deleteRule(deps(), caller, theirs.id)).rejects.toMatchObject({ code: "not_found" });
    await expect(reorderRules(deps(), caller, [theirs.id])).rejects.toMatchObject({ code: "invalid" });
  },
);

test("what is allowed but most likely not meant is told, not refused", async () => {
  const { tenant, caller } = await openWorld();
  const unverified = await addSink(database, tenant, { state: "unverified", name: "New" });
  const scope = { kind: "some", endpointIds: [], tags: ["nowhere"], groups: [] } as const;
  const { warnings } = await createRule(
    deps(),
    caller,
    rule({ scope, sinkIds: [unverified], isEnabled: false, severities: ["P4"] }),
  );
  expect(warnings).toEqual([
    expect.stringContaining("switched off"),
    expect.stringContaining("No endpoint"),
    expect.stringContaining("New: it is unverified"),
    expect.stringContaining("weekly digest"),
  ]);
  expect((await createRule(deps(), caller, rule())).warnings).toEqual([
    expect.stringContaining("goes nowhere"),
  ]);
});

test("the preview is the router's own decision, with the sentence that a person will read", async () => {
  const { caller, endpoint, sinkId } = await openWorld();
  const preview = (severity: "P1" | "P2" | "P3" | "P4", atMs = t0) =>
    previewRoute(deps(), caller, { endpoint: endpoint.slug, severity, atMs });
  expect(await preview("P1")).toMatchObject([
    {
      verdict: "send",
      reason: "default-rule",
      sinkId,
      sinkName: "Sink",
      sentence: expect.stringContaining("no rules"),
    },
  ]);
  expect(await preview("P4")).toMatchObject([{ verdict: "fold", reason: "weekly-digest" }]);
  const hours = {
    timeZone: "Europe/Berlin",
    ranges: [{ days: [1, 2, 3, 4, 5], from: "09:00", to: "17:00" }],
  } as const;
  await createRule(deps(), caller, rule({ hours, sinkIds: [sinkId] } as never));
  expect(await preview("P1")).toMatchObject([{ verdict: "skip", reason: "outside-hours" }]);
  expect(await preview("P1", t0 + 48 * HOUR_MS)).toMatchObject([
    { verdict: "send", reason: "rule-matches", ruleName: "Pages" },
  ]);
  await createMaintenance(
    deps(),
    caller,
    window({ startsAtMs: t0 + 47 * HOUR_MS, endsAtMs: t0 + 49 * HOUR_MS }),
  );
  expect(await preview("P1", t0 + 48 * HOUR_MS)).toMatchObject([{ verdict: "mute", reason: "maintenance" }]);
  const stranger = callerOf(await addTestTenant(database));
  await expect(
    previewRoute(deps(), stranger, { endpoint: endpoint.slug, severity: "P1", atMs: t0 }),
  ).rejects.toMatchObject({ code: "not_found" });
});

test("escalation policies are for the plans that have them, and for the workspace's own sinks", async () => {
  const [{ tenant, caller, sinkId }, small, other] = [
    await openWorld(),
    await openWorld("author"),
    await openWorld(),
  ];
  const policy = (id: string) => ({ name: "On call", steps: [{ afterMs: 0, sinkIds: [id] }] });
  await expect(createEscalationPolicy(deps(), small.caller, policy(small.sinkId))).rejects.toMatchObject({
    code: "limit_reached",
  });
  await expect(createEscalationPolicy(deps(), caller, policy(other.sinkId))).rejects.toMatchObject({
    code: "invalid",
    field: "steps",
  });
  const row = await createEscalationPolicy(deps(), caller, policy(sinkId));
  await updateEscalationPolicy(deps(), caller, { id: row.id, policy: policy(sinkId) });
  const { rule: following } = await createRule(deps(), caller, rule({ escalationPolicyId: row.id }));
  await expect(deleteEscalationPolicy(deps(), other.caller, row.id)).rejects.toMatchObject({
    code: "not_found",
  });
  await deleteEscalationPolicy(deps(), caller, row.id);
  expect(await listRules(deps(), caller)).toMatchObject([{ id: following.id, escalationPolicyId: null }]);
  expect(await audited(tenant)).toEqual(["escalation.create", "rule.create", "escalation.delete"]);
});

test.each<[string, object, string]>([
  ["that ends before it begins", { endsAtMs: t0 }, "ends_at"],
  ["of more than a week", { endsAtMs: t0 + 169 * HOUR_MS }, "ends_at"],
  ["that is over", { startsAtMs: t0 - 2 * HOUR_MS, endsAtMs: t0 - HOUR_MS }, "ends_at"],
  ["in two years", { startsAtMs: t0 + 17_520 * HOUR_MS, endsAtMs: t0 + 17_521 * HOUR_MS }, "starts_at"],
])("maintenance %s is refused", async (_name, times, field) => {
  const { caller } = await openWorld();
  await expect(createMaintenance(deps(), caller, window(times))).rejects.toMatchObject({
    code: "invalid",
    field,
  });
});

test("maintenance is shown ahead time by time, ends at once, and wakes open incidents", async () => {
  const { tenant, caller, endpoint } = await openWorld();
  const [incident] = await addIncident(database, { endpointId: endpoint.id, tenants: [tenant] });
  const recurrence = { timeZone: "UTC", weekdays: [6], start: "12:00", durationMinutes: 60 };
  const row = await createMaintenance(deps(), caller, window({ recurrence }));
  const upcoming = await listUpcomingMaintenance(deps(), caller);
  expect(upcoming.map(({ startsAtMs }) => (startsAtMs - t0) / (168 * HOUR_MS))).toEqual([0, 1, 2, 3, 4]);
  await updateMaintenance(deps(), caller, { id: row.id, window: window({ name: "Later", recurrence }) });
  await endMaintenance(deps(), caller, row.id);
  await endMaintenance(deps(), caller, row.id);
  expect(await listUpcomingMaintenance(deps(), caller)).toEqual([]);
  expect(await listMaintenance(deps(), caller)).toMatchObject([{ name: "Later", cancelledAt: new Date(t0) }]);
  await expect(updateMaintenance(deps(), caller, { id: row.id, window: window() })).rejects.toMatchObject({
    code: "conflict",
  });
  expect(await audited(tenant)).toEqual(["maintenance.create", "maintenance.update", "maintenance.end"]);
  const { rows } = await database
    .pool("super")
    .query("SELECT wake_at FROM incident_tenant WHERE id = $1", [incident.id]);
  expect(rows).toEqual([{ wake_at: new Date(t0) }]);
  const stranger = callerOf(await addTestTenant(database));
  await expect(endMaintenance(deps(), stranger, row.id)).rejects.toMatchObject({ code: "not_found" });
});

test("why somebody was not paged is told in a sentence, to that workspace only", async () => {
  const { tenant, caller, endpoint, sinkId } = await openWorld();
  const [incident] = await addIncident(database, { endpointId: endpoint.id, tenants: [tenant] });
  for (const [n, reason] of ["maintenance", "a-reason-of-tomorrow"].entries()) {
    await database.pool("super").query(
      `INSERT INTO alert_decision (tenant_id, at, endpoint_id, incident_tenant_id, alert_key, event, severity, sink_id,
         verdict, reason) VALUES ($1, $2, $3, $4, $5, 'incident.opened', 'P1', $6, 'mute', $7)`,
      [tenant.id, new Date(t0 + n), endpoint.id, incident.id, `k${n}`, sinkId, reason],
    );
  }
  const decisions = await listDecisions(deps(), caller, {
    filter: { incident: incident.id, endpoint: endpoint.slug },
    beforeId: null,
    limit: 10,
  });
  expect(decisions).toMatchObject([
    { sentence: "a-reason-of-tomorrow" },
    { sentence: "A maintenance window covers the endpoint.", sinkName: "Sink", verdict: "mute" },
  ]);
  const [newest] = decisions;
  const older = await listDecisions(deps(), caller, { filter: {}, beforeId: newest?.id ?? 0, limit: 10 });
  expect(older).toHaveLength(1);
  const stranger = callerOf(await addTestTenant(database));
  expect(await listDecisions(deps(), stranger, { filter: {}, beforeId: null, limit: 10 })).toEqual([]);
  await expect(
    listDecisions(deps(), stranger, { filter: { incident: incident.id }, beforeId: null, limit: 10 }),
  ).rejects.toMatchObject({ code: "not_found" });
});

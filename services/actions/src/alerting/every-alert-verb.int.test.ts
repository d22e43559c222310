import { alertRuleInputSchema } from "@alivemcp/core/alert-rule";
import { type Action, decidePermission, ROLES } from "@alivemcp/core/permissions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addTestTenant } from "../../../../db/test/tenant.ts";
import { makeTestSinkKey } from "../../../runtime/test/sink-keys.ts";
import { callerOf, openTestActions, type TestActions } from "../../test/action-deps.ts";
import type { Caller } from "../caller.ts";
import { getDelivery, listDeliveries } from "../deliveries/list-deliveries.ts";
import { resendDelivery } from "../deliveries/resend-delivery.ts";
import {
  createEscalationPolicy,
  deleteEscalationPolicy,
  getEscalationPolicy,
  listEscalationPolicies,
  updateEscalationPolicy,
} from "../escalations/change-escalation-policy.ts";
import {
  acknowledgeIncident,
  muteIncident,
  unacknowledgeIncident,
  unmuteIncident,
} from "../incidents/acknowledge-incident.ts";
import { commentOnIncident } from "../incidents/comment-on-incident.ts";
import { getIncident } from "../incidents/get-incident.ts";
import { listIncidents } from "../incidents/list-incidents.ts";
import { publishUpdate } from "../incidents/publish-update.ts";
import { simulateOutage } from "../incidents/simulate-outage.ts";
import { createMaintenance, endMaintenance, updateMaintenance } from "../maintenance/change-maintenance.ts";
import { getMaintenance, listMaintenance, listUpcomingMaintenance } from "../maintenance/list-maintenance.ts";
import { maintenanceSchema } from "../maintenance/maintenance-input.ts";
import { createRule, deleteRule, reorderRules, updateRule } from "../rules/change-rule.ts";
import { getRule, listRules } from "../rules/list-rules.ts";
import { previewRoute } from "../rules/preview-route.ts";
import { chooseDefaultSink, deleteSink, renameSink, replaceSinkSettings } from "../sinks/change-sink.ts";
import { createSink } from "../sinks/create-sink.ts";
import { getSink, listSinks } from "../sinks/get-sink.ts";
import { rotateWebhookSecret } from "../sinks/rotate-webhook-secret.ts";
import { testSink } from "../sinks/test-sink.ts";
import { confirmSinkCode, enableSink, startVerification } from "../sinks/verify-sink.ts";
import { listDecisions } from "./list-decisions.ts";

let actions: TestActions;
beforeAll(async () => {
  actions = await openTestActions();
});
afterAll(() => actions.close());

const id = "00000000-0000-4000-8000-00000000dead";
const page = { filter: {}, before: null, limit: 1 };
const deps = () => ({ ...actions.deps, sinkKeys: [makeTestSinkKey().key] });
const rule = alertRuleInputSchema.parse({ name: "r", severities: ["P1"], scope: { kind: "all" } });
const policy = { name: "p", steps: [{ afterMs: 0, sinkIds: [id] }] };
const nowMs = Date.now();
const window = maintenanceSchema.parse({
  name: "m",
  scope: { kind: "all" },
  startsAtMs: nowMs,
  endsAtMs: nowMs + 3_600_000,
});
const update = { id, stage: "investigating", body: "b", isConfirmed: false } as const;
const mail = { kind: "email", name: "m", settings: { address: "a@example.com" } } as const;

/** Each verb with the permission that it asks for, and a call that goes past it. */
const VERBS: readonly (readonly [string, Action, (caller: Caller) => Promise<unknown>])[] = [
  ["list incidents", "incident.read", (caller) => listIncidents(deps(), caller, page)],
  ["get an incident", "incident.read", (caller) => getIncident(deps(), caller, id)],
  ["list decisions", "incident.read", (caller) => listDecisions(deps(), caller, { ...page, beforeId: null })],
  ["acknowledge", "incident.respond", (caller) => acknowledgeIncident(deps(), caller, id)],
  ["unacknowledge", "incident.respond", (caller) => unacknowledgeIncident(deps(), caller, id)],
  ["mute", "incident.respond", (caller) => muteIncident(deps(), caller, { id, untilMs: nowMs })],
  ["unmute", "incident.respond", (caller) => unmuteIncident(deps(), caller, id)],
  ["comment", "incident.respond", (caller) => commentOnIncident(deps(), caller, { id, body: "b" })],
  ["publish", "incident.publish", (caller) => publishUpdate(deps(), caller, update)],
  ["simulate", "alert.simulate", (caller) => simulateOutage(deps(), caller, id)],
  ["list sinks", "sink.list", (caller) => listSinks(deps(), caller)],
  ["get a sink", "sink.list", (caller) => getSink(deps(), caller, id)],
  ["create a sink", "sink.write", (caller) => createSink(deps(), caller, mail)],
  ["rename a sink", "sink.write", (caller) => renameSink(deps(), caller, { id, name: "n" })],
  [
    "replace settings",
    "sink.write",
    (caller) => replaceSinkSettings(deps(), caller, { id, settings: mail.settings }),
  ],
  ["delete a sink", "sink.write", (caller) => deleteSink(deps(), caller, id)],
  ["choose the default", "sink.write", (caller) => chooseDefaultSink(deps(), caller, id)],
  ["verify", "sink.write", (caller) => startVerification(deps(), caller, id)],
  ["confirm", "sink.write", (caller) => confirmSinkCode(deps(), caller, { id, code: "c" })],
  ["enable", "sink.write", (caller) => enableSink(deps(), caller, id)],
  ["test", "sink.write", (caller) => testSink(deps(), caller, id)],
  ["rotate", "sink.write", (caller) => rotateWebhookSecret(deps(), caller, id)],
  ["list rules", "rule.read", (caller) => listRules(deps(), caller)],
  ["get a rule", "rule.read", (caller) => getRule(deps(), caller, id)],
  [
    "preview",
    "rule.read",
    (caller) => previewRoute(deps(), caller, { endpoint: id, severity: "P1", atMs: nowMs }),
  ],
  ["create a rule", "rule.write", (caller) => createRule(deps(), caller, rule)],
  ["update a rule", "rule.write", (caller) => updateRule(deps(), caller, { id, rule })],
  ["delete a rule", "rule.write", (caller) => deleteRule(deps(), caller, id)],
  ["reorder", "rule.write", (caller) => reorderRules(deps(), caller, [id])],
  ["list policies", "rule.read", (caller) => listEscalationPolicies(deps(), caller)],
  ["get a policy", "rule.read", (caller) => getEscalationPolicy(deps(), caller, id)],
  ["create a policy", "rule.write", (caller) => createEscalationPolicy(deps(), caller, policy)],
  ["update a policy", "rule.write", (caller) => updateEscalationPolicy(deps(), caller, { id, policy })],
  ["delete a policy", "rule.write", (caller) => deleteEscalationPolicy(deps(), caller, id)],
  ["list windows", "rule.read", (caller) => listMaintenance(deps(), caller)],
  ["list upcoming", "rule.read", (caller) => listUpcomingMaintenance(deps(), caller)],
  ["get a window", "rule.read", (caller) => getMaintenance(deps(), caller, id)],
  ["create a window", "maintenance.write", (caller) => createMaintenance(deps(), caller, window)],
  ["update a window", "maintenance.write", (caller) => updateMaintenance(deps(), caller, { id, window })],
  ["end a window", "maintenance.write", (caller) => endMaintenance(deps(), caller, id)],
  ["list deliveries", "delivery.read", (caller) => listDeliveries(deps(), caller, page)],
  ["get a delivery", "delivery.read", (caller) => getDelivery(deps(), caller, id)],
  ["resend", "delivery.resend", (caller) => resendDelivery(deps(), caller, { id, clickId: "1" })],
];

test.each(VERBS)("%s needs %s, whatever the role", async (_name, action, run) => {
  const tenant = await addTestTenant(actions.database);
  for (const role of ROLES) {
    const { kind } = decidePermission({ kind: "member", userId: "u", role }, action);
    const code = await run(callerOf(tenant, role)).then(
      () => "done",
      (err: { code?: string }) => err.code,
    );
    expect([role, code === "forbidden" ? "refused" : "allowed"]).toEqual([role, kind]);
  }
});

/** One request per documented operation that is answered well: the walk over all routes starts from these. */
import { randomUUID } from "node:crypto";
import { codeHash } from "@alivemcp/actions/sinks/sink-proof";
import type { AlertMessage } from "@alivemcp/core/alert-message";
import { sealSettings } from "@alivemcp/runtime/sink-keys";
import { makeWebhookSecret } from "@alivemcp/sinks/webhook/secret";
import { addTestMember, addTestUser } from "../../../db/test/tenant.ts";
import type { TestApi, TestWorkspace } from "./open-test-api.ts";

/** What the requests of one workspace are about: it owns one of everything. */
export interface Belongings extends TestWorkspace {
  readonly endpoint: string;
  readonly endpointSlug: string;
  readonly followed: string;
  readonly driftEvent: string;
  readonly releaseWindow: string;
  readonly keyId: string;
  readonly member: string;
  readonly invitation: string;
  readonly optOut: string;
  readonly incident: string;
  /** Verified. */
  readonly sink: string;
  /** Waits for `PROOF_CODE`. */
  readonly unverifiedSink: string;
  readonly disabledSink: string;
  /** Its settings open. */
  readonly webhook: string;
  readonly rule: string;
  readonly policy: string;
  readonly maintenance: string;
  /** Slug. */
  readonly statusPage: string;
  /** Sent. */
  readonly delivery: string;
  /** Previewed with this workspace's key. */
  readonly importId: string;
}

export interface SampleRequest {
  readonly path: string;
  readonly body?: unknown;
}

/** Verifies the sink that waits for it. */
export const PROOF_CODE = "ABCD-2345";
const ALL = { kind: "all" } as const;
const DISCORD = { url: `https://discord.com/api/webhooks/1234567890123456789/${"t".repeat(68)}` };
const ofIncident = (mine: Belongings, rest = "") => `/v1/incidents/${mine.incident}${rest}`;
const ofSink = (sink: string, rest = "") => `/v1/sinks/${sink}${rest}`;
const ruleBody = (mine: Belongings) => ({
  name: `Sample ${randomUUID()}`,
  severities: ["P1"],
  scope: { kind: "some", endpoint_ids: [mine.endpoint] },
  hours: { time_zone: "Europe/Berlin", ranges: [{ days: [1], from: "09:00", to: "17:00" }] },
  sink_ids: [mine.sink],
  escalation_policy_id: mine.policy,
});
const windowBody = () => ({
  name: "Sample",
  scope: ALL,
  starts_at: soon(),
  ends_at: new Date(Date.now() + 7_200_000).toISOString(),
  recurrence: { time_zone: "UTC", weekdays: [1], start: "08:00", duration_minutes: 60 },
});
const policyBody = (mine: Belongings) => ({
  name: "Sample",
  steps: [{ after_minutes: 0, sink_ids: [mine.sink] }],
});

type Sample = (mine: Belongings) => SampleRequest;

const at = (mine: Belongings, rest = "") => `/v1/endpoints/${mine.endpoint}${rest}`;
const soon = () => new Date(Date.now() + 3_600_000).toISOString();

/** By `operationId`. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  whoAmI: () => ({ path: "/v1/me" }),
  listEndpoints: () => ({ path: "/v1/endpoints" }),
  registerEndpoint: () => ({
    path: "/v1/endpoints",
    body: { url: `http://127.0.77.9:5000/${randomUUID()}`, name: "Sample" },
  }),
  getEndpoint: (mine) => ({ path: at(mine) }),
  updateEndpoint: (mine) => ({ path: at(mine), body: { name: `Renamed ${randomUUID()}` } }),
  deleteEndpoint: (mine) => ({ path: at(mine) }),
  pauseEndpoint: (mine) => ({ path: at(mine, "/pause") }),
  resumeEndpoint: (mine) => ({ path: at(mine, "/resume") }),
  probeNow: (mine) => ({ path: at(mine, "/probes") }),
  listMinutes: (mine) => ({ path: at(mine, "/minutes") }),
  listDays: (mine) => ({ path: at(mine, "/days") }),
  listTransitions: (mine) => ({ path: at(mine, "/transitions") }),
  getUptime: (mine) => ({ path: at(mine, "/uptime") }),
  listFindings: (mine) => ({ path: at(mine, "/findings") }),
  listDrift: (mine) => ({ path: at(mine, "/drift") }),
  getDrift: (mine) => ({ path: at(mine, `/drift/${mine.driftEvent}`) }),
  acceptBaseline: (mine) => ({ path: at(mine, "/baseline"), body: {} }),
  listReleaseWindows: (mine) => ({ path: at(mine, "/release-windows") }),
  announceRelease: (mine) => ({ path: at(mine, "/release-windows"), body: { until: soon() } }),
  cancelRelease: (mine) => ({ path: at(mine, `/release-windows/${mine.releaseWindow}`) }),
  describeCredential: (mine) => ({ path: at(mine, "/credential") }),
  storeCredential: (mine) => ({
    path: at(mine, "/credential"),
    body: { kind: "bearer", token: "sample-token-0123456789" },
  }),
  deleteCredential: (mine) => ({ path: at(mine, "/credential") }),
  followEndpoint: (mine) => ({ path: `/v1/follows/${mine.followed}`, body: {} }),
  unfollowEndpoint: (mine) => ({ path: `/v1/follows/${mine.followed}` }),
  listIncidents: () => ({ path: "/v1/incidents" }),
  getIncident: (mine) => ({ path: ofIncident(mine) }),
  acknowledgeIncident: (mine) => ({ path: ofIncident(mine, "/acknowledge") }),
  unacknowledgeIncident: (mine) => ({ path: ofIncident(mine, "/acknowledge") }),
  muteIncident: (mine) => ({ path: ofIncident(mine, "/mute"), body: { until: soon() } }),
  unmuteIncident: (mine) => ({ path: ofIncident(mine, "/mute") }),
  commentOnIncident: (mine) => ({ path: ofIncident(mine, "/comments"), body: { body: "On it." } }),
  publishIncidentUpdate: (mine) => ({
    path: ofIncident(mine, "/updates"),
    body: { stage: "investigating", body: "We look into it." },
  }),
  simulateOutage: (mine) => ({ path: at(mine, "/simulate") }),
  listSinks: () => ({ path: "/v1/sinks" }),
  createSink: () => ({
    path: "/v1/sinks",
    body: { kind: "email", name: "Sample", settings: { address: "oncall@example.com" } },
  }),
  getSink: (mine) => ({ path: ofSink(mine.sink) }),
  renameSink: (mine) => ({ path: ofSink(mine.sink), body: { name: `Sample ${randomUUID()}` } }),
  replaceSinkSettings: (mine) => ({ path: ofSink(mine.sink, "/settings"), body: { settings: DISCORD } }),
  deleteSink: (mine) => ({ path: ofSink(mine.unverifiedSink) }),
  chooseDefaultSink: (mine) => ({ path: ofSink(mine.sink, "/default") }),
  startVerification: (mine) => ({ path: ofSink(mine.unverifiedSink, "/verification") }),
  confirmSink: (mine) => ({ path: ofSink(mine.unverifiedSink, "/confirmation"), body: { code: PROOF_CODE } }),
  enableSink: (mine) => ({ path: ofSink(mine.disabledSink, "/enable") }),
  startSlackInstall: () => ({ path: "/v1/sinks/slack-install" }),
  rotateWebhookSecret: (mine) => ({ path: ofSink(mine.webhook, "/secret") }),
  testSink: (mine) => ({ path: ofSink(mine.sink, "/test") }),
  listRules: () => ({ path: "/v1/rules" }),
  getRule: (mine) => ({ path: `/v1/rules/${mine.rule}` }),
  createRule: (mine) => ({ path: "/v1/rules", body: ruleBody(mine) }),
  updateRule: (mine) => ({ path: `/v1/rules/${mine.rule}`, body: ruleBody(mine) }),
  deleteRule: (mine) => ({ path: `/v1/rules/${mine.rule}` }),
  reorderRules: (mine) => ({ path: "/v1/rules/order", body: { ids: [mine.rule] } }),
  previewRoute: (mine) => ({
    path: "/v1/rules/preview",
    body: { endpoint: mine.endpoint, severity: "P1" },
  }),
  listEscalationPolicies: () => ({ path: "/v1/escalation-policies" }),
  getEscalationPolicy: (mine) => ({ path: `/v1/escalation-policies/${mine.policy}` }),
  createEscalationPolicy: (mine) => ({ path: "/v1/escalation-policies", body: policyBody(mine) }),
  updateEscalationPolicy: (mine) => ({
    path: `/v1/escalation-policies/${mine.policy}`,
    body: policyBody(mine),
  }),
  deleteEscalationPolicy: (mine) => ({ path: `/v1/escalation-policies/${mine.policy}` }),
  listStatusPages: () => ({ path: "/v1/status-pages" }),
  getStatusPage: (mine) => ({ path: `/v1/status-pages/${mine.statusPage}` }),
  createStatusPage: (mine) => ({
    path: "/v1/status-pages",
    body: { slug: `p-${randomUUID().slice(0, 8)}`, title: "Sample", endpoint_ids: [mine.endpoint] },
  }),
  updateStatusPage: (mine) => ({
    path: `/v1/status-pages/${mine.statusPage}`,
    body: { title: "Sample", description: "Words", endpoint_ids: [mine.endpoint] },
  }),
  setStatusPageHost: (mine) => ({
    path: `/v1/status-pages/${mine.statusPage}/host`,
    body: { host: "status.acme-sample.com" },
  }),
  removeStatusPageHost: (mine) => ({ path: `/v1/status-pages/${mine.statusPage}/host` }),
  setStatusPageLogo: (mine) => ({
    path: `/v1/status-pages/${mine.statusPage}/logo`,
    body: { logo: Buffer.from("\x89PNG\r\n\x1a\n sample", "latin1").toString("base64") },
  }),
  removeStatusPageLogo: (mine) => ({ path: `/v1/status-pages/${mine.statusPage}/logo` }),
  deleteStatusPage: (mine) => ({ path: `/v1/status-pages/${mine.statusPage}` }),
  listMaintenanceWindows: () => ({ path: "/v1/maintenance-windows" }),
  listUpcomingMaintenance: () => ({ path: "/v1/maintenance-windows/upcoming" }),
  getMaintenanceWindow: (mine) => ({ path: `/v1/maintenance-windows/${mine.maintenance}` }),
  createMaintenanceWindow: () => ({ path: "/v1/maintenance-windows", body: windowBody() }),
  updateMaintenanceWindow: (mine) => ({
    path: `/v1/maintenance-windows/${mine.maintenance}`,
    body: windowBody(),
  }),
  endMaintenanceWindow: (mine) => ({ path: `/v1/maintenance-windows/${mine.maintenance}` }),
  listDeliveries: () => ({ path: "/v1/deliveries" }),
  getDelivery: (mine) => ({ path: `/v1/deliveries/${mine.delivery}` }),
  resendDelivery: (mine) => ({ path: `/v1/deliveries/${mine.delivery}/resend` }),
  listDecisions: () => ({ path: "/v1/decisions" }),
  previewImport: () => ({
    path: "/v1/imports",
    body: { content: `url,name\nhttp://127.0.77.9:5000/${randomUUID()},Imported` },
  }),
  getImport: (mine) => ({ path: `/v1/imports/${mine.importId}` }),
  confirmImport: (mine) => ({ path: `/v1/imports/${mine.importId}/confirm` }),
  getClaim: (mine) => ({ path: `/v1/claims/${mine.endpointSlug}` }),
  claimEndpoint: (mine) => ({ path: `/v1/claims/${mine.endpointSlug}` }),
  listKeys: () => ({ path: "/v1/keys" }),
  createKey: () => ({ path: "/v1/keys", body: { name: "sample", scopes: ["read"] } }),
  revokeKey: (mine) => ({ path: `/v1/keys/${mine.keyId}` }),
  listMembers: () => ({ path: "/v1/members" }),
  changeRole: (mine) => ({ path: `/v1/members/${mine.member}`, body: { role: "viewer" } }),
  removeMember: (mine) => ({ path: `/v1/members/${mine.member}` }),
  listInvitations: () => ({ path: "/v1/invitations" }),
  inviteMember: () => ({
    path: "/v1/invitations",
    body: { email: `${randomUUID()}@example.com`, role: "viewer" },
  }),
  resendInvitation: (mine) => ({ path: `/v1/invitations/${mine.invitation}/resend` }),
  revokeInvitation: (mine) => ({ path: `/v1/invitations/${mine.invitation}` }),
  getWorkspace: () => ({ path: "/v1/workspace" }),
  updateWorkspace: () => ({ path: "/v1/workspace", body: { name: "Renamed" } }),
  listAuditLog: () => ({ path: "/v1/audit-log" }),
  getMetrics: () => ({ path: "/v1/metrics" }),
  findTenants: (mine) => ({ path: `/v1/operator/tenants?text=${mine.tenant.slug}` }),
  setPlan: (mine) => ({ path: `/v1/operator/tenants/${mine.tenant.slug}/plan`, body: { plan: "team" } }),
  suspendTenant: (mine) => ({
    path: `/v1/operator/tenants/${mine.tenant.slug}/suspension`,
    body: { reason: "a sample" },
  }),
  unsuspendTenant: (mine) => ({ path: `/v1/operator/tenants/${mine.tenant.slug}/suspension` }),
  listOptOuts: () => ({ path: "/v1/operator/opt-outs" }),
  addOptOut: () => ({ path: "/v1/operator/opt-outs", body: { target: `${randomUUID()}.example.com` } }),
  withdrawOptOut: (mine) => ({ path: `/v1/operator/opt-outs/${mine.optOut}` }),
};

/** A workspace that owns one of everything. */
export async function addBelongings(api: TestApi, plan: "team" | "public" = "team"): Promise<Belongings> {
  const workspace = await api.addWorkspace({ plan });
  const { tenant } = workspace;
  const rows = async (text: string, values: readonly unknown[] = []) =>
    (await api.database.pool("super").query(text, [...values])).rows;
  const insertEndpoint = async (tenantId: string, visibility: string) => {
    const slug = `e-${randomUUID()}`;
    const [row] = await rows(
      `INSERT INTO endpoints (tenant_id, slug, name, url, normalized_url, host, registrable_domain, visibility,
         standing, retention_class)
       VALUES ($1, $2, $2, $3, $3, '127.0.77.9', '127.0.77.9', $4, 'added', 'team') RETURNING id`,
      [tenantId, slug, `http://127.0.77.9:5000/${slug}`, visibility],
    );
    return { id: String(row?.id), slug };
  };
  const other = await api.addWorkspace();
  const [own, followed] = await Promise.all([
    insertEndpoint(tenant.id, "unlisted"),
    insertEndpoint(other.tenant.id, "public"),
  ]);
  const member = await addTestUser(api.database);
  await addTestMember(api.database, { tenantId: tenant.id, userId: member, role: "member" });
  const [drift] = await rows(
    `INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, to_full_hash, changes)
     VALUES ($1, now(), 'drift', true, $2, $3) RETURNING id`,
    [own.id, "c".repeat(64), JSON.stringify([SAMPLE_CHANGE])],
  );
  const [window] = await rows(
    `INSERT INTO release_window (tenant_id, endpoint_id, from_at, until_at, announced_by)
     VALUES ($1, $2, now(), now() + interval '1 hour', 'a test') RETURNING id`,
    [tenant.id, own.id],
  );
  const [invitation] = await rows(
    `INSERT INTO invitations (tenant_id, email, role, token_hash, expires_at, sent_at)
     VALUES ($1, $2, 'viewer', $3, now() + interval '1 day', now() - interval '1 hour') RETURNING id`,
    [tenant.id, `${randomUUID()}@example.com`, randomUUID().replaceAll("-", "").repeat(2)],
  );
  const [optOut] = await rows("INSERT INTO opt_out (kind, target) VALUES ('host', $1) RETURNING id", [
    `${randomUUID()}.example.com`,
  ]);
  const [key] = await rows(
    `INSERT INTO api_keys (tenant_id, prefix, secret_hash, name, scopes)
     VALUES ($1, $2, $3, 'sample', '{read}') RETURNING id`,
    [tenant.id, randomUUID().slice(0, 8), "0".repeat(64)],
  );
  const previewed = await api.send(workspace.key, "POST", "/v1/imports", {
    body: { content: `url\nhttp://127.0.77.9:5000/${randomUUID()}` },
  });
  await rows("INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES ($1, $2, 60)", [
    tenant.id,
    followed.id,
  ]);
  return {
    ...workspace,
    ...(await addAlerting(rows, { tenantId: tenant.id, endpointId: own.id })),
    webhook: await addWebhook(api, tenant.id),
    endpoint: own.id,
    endpointSlug: own.slug,
    followed: followed.slug,
    driftEvent: String(drift?.id),
    releaseWindow: String(window?.id),
    keyId: String(key?.id),
    member,
    invitation: String(invitation?.id),
    optOut: String(optOut?.id),
    importId: previewed.body.id,
  };
}

/** A webhook whose settings the API can open. */
async function addWebhook(api: TestApi, tenantId: string): Promise<string> {
  const id = randomUUID();
  const settings = { url: "http://127.0.77.9:5000/hook", secret: makeWebhookSecret() };
  const { sealed, sealingKeyId } = sealSettings(api.deps.sinkPublicKey, settings, {
    tenantId,
    sinkId: id,
    version: 1,
  });
  await api.database.pool("super").query(
    `INSERT INTO sink (id, tenant_id, kind, name, shown, sealed, sealing_key_id, state)
     VALUES ($1, $2, 'webhook', 'Hook', '127.0.77.9', $3, $4, 'verified')`,
    [id, tenantId, JSON.stringify(sealed), sealingKeyId],
  );
  return id;
}

type Rows = (text: string, values?: readonly unknown[]) => Promise<{ readonly id?: unknown }[]>;

/** One of everything that alerting has. */
async function addAlerting(
  rows: Rows,
  { tenantId, endpointId }: { readonly tenantId: string; readonly endpointId: string },
) {
  const one = async (text: string, values: readonly unknown[] = []) =>
    String((await rows(text, [tenantId, ...values]))[0]?.id);
  const shared = String(
    (
      await rows(
        `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes)
         VALUES ($1, now(), now(), 'P1', 'P1', '{down}') RETURNING id`,
        [endpointId],
      )
    )[0]?.id,
  );
  const incident = await one(
    "INSERT INTO incident_tenant (tenant_id, incident_id, endpoint_id) VALUES ($1, $2, $3) RETURNING id",
    [shared, endpointId],
  );
  await one(
    `INSERT INTO incident_event (tenant_id, incident_id, at, kind, facts, key)
     VALUES ($1, $2, now(), 'comment', '{"body": "a"}', 'k') RETURNING id`,
    [shared],
  );
  const addSink = (state: string) =>
    one(
      `INSERT INTO sink (tenant_id, kind, name, shown, sealed, sealing_key_id, state, disabled_at)
       VALUES ($1, 'discord', $2, 'shown', '{}', 'test', $2, CASE WHEN $2 = 'disabled' THEN now() END) RETURNING id`,
      [state],
    );
  const sink = await addSink("verified");
  const unverifiedSink = await addSink("unverified");
  await one(
    "UPDATE sink SET proof_hash = $3, proof_expires_at = now() + interval '5 minutes' WHERE tenant_id = $1 AND id = $2",
    [unverifiedSink, codeHash(unverifiedSink, PROOF_CODE)],
  );
  const delivery = await one(
    `INSERT INTO delivery (tenant_id, sink_id, incident_tenant_id, endpoint_id, alert_key, dedup_key, event, message, state,
       due_at, deadline_at)
     VALUES ($1, $2, $3, $4, $5, 'k', 'test', $6, 'sent', now(), now()) RETURNING id`,
    [sink, incident, endpointId, randomUUID(), JSON.stringify(SAMPLE_MESSAGE)],
  );
  await one(
    `INSERT INTO delivery_attempt (tenant_id, delivery_id, n, at, outcome, duration_ms)
     VALUES ($1, $2, 1, now(), 'sent', 1) RETURNING delivery_id AS id`,
    [delivery],
  );
  await one(
    `INSERT INTO alert_decision (tenant_id, at, endpoint_id, incident_tenant_id, alert_key, event, severity, sink_id,
       verdict, reason) VALUES ($1, now(), $2, $3, $4, 'incident.opened', 'P1', $5, 'send', 'rule-matches') RETURNING id`,
    [endpointId, incident, randomUUID(), sink],
  );
  return {
    incident,
    sink,
    unverifiedSink,
    disabledSink: await addSink("disabled"),
    delivery,
    rule: await one(
      `INSERT INTO alert_rule (tenant_id, name, position, severities, scope)
       VALUES ($1, 'Sample', 1, '{P1}', '{"kind": "all"}') RETURNING id`,
    ),
    policy: await one(
      `INSERT INTO escalation_policy (tenant_id, name, steps) VALUES ($1, 'Sample', $2) RETURNING id`,
      [JSON.stringify([{ afterMs: 0, sinkIds: [sink] }])],
    ),
    maintenance: await one(
      `INSERT INTO maintenance_window (tenant_id, name, scope, starts_at, ends_at, created_by)
       VALUES ($1, 'Sample', '{"kind": "all"}', now(), now() + interval '1 hour', 'a test') RETURNING id`,
    ),
    statusPage: await one(
      `INSERT INTO status_page (tenant_id, slug, title)
       VALUES ($1, 'p-' || left(gen_random_uuid()::text, 13), 'Sample') RETURNING slug AS id`,
    ),
  };
}

const SAMPLE_MESSAGE: AlertMessage = {
  v: 1,
  event: "test",
  severity: null,
  dedupKey: "k",
  title: "Sample",
  summary: "A sample.",
  atMs: 0,
  isTest: true,
  isWorse: false,
  endpoint: null,
  incident: null,
  facts: [],
  links: [],
  entries: [],
  entriesLeftOut: 0,
  proof: null,
};

const SAMPLE_CHANGE = {
  kind: "tool_removed",
  class: "breaking",
  isBreaking: true,
  concern: null,
  tool: "search",
  path: "",
  before: "{}",
  after: null,
};

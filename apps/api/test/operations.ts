/** One request per documented operation that is answered well: the walk over all routes starts from these. */
import { randomUUID } from "node:crypto";
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
  /** Previewed with this workspace's key. */
  readonly importId: string;
}

export interface SampleRequest {
  readonly path: string;
  readonly body?: unknown;
}

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

import { NOW_MS } from "../../services/runtime/test/live-state.ts";
import type { Victim } from "./add-victim.ts";
import type { Route } from "./walk-routes.ts";

/** The victim's value of a parameter; undefined for a name that nobody taught the drill. */
export function victimValue(
  victim: Victim & { readonly importId?: string },
  parameter: string,
): string | undefined {
  const values: Readonly<Record<string, string | undefined>> = {
    workspace: victim.slug,
    page: victim.statusPageSlug,
    endpoint: victim.endpointSlug,
    slug: victim.endpointSlug,
    key: victim.keyId,
    member: victim.colleagueId,
    user: victim.colleagueId,
    invitation: victim.invitationId,
    window: victim.releaseWindowId,
    release: victim.releaseWindowId,
    event: victim.driftEventId,
    notice: victim.noticeId,
    sink: victim.sinkId,
    rule: victim.ruleId,
    policy: victim.policyId,
    maintenance: victim.maintenanceId,
    delivery: victim.deliveryId,
    incident: victim.incidentId,
    id: victim.importId,
    import: victim.importId,
    tenant: victim.id,
    opt_out: victim.endpointId,
    // Of sinks: names nobody's.
    kind: "email",
    // When the owner asked for a probe: the test dashboard's clock stands still.
    at: String(NOW_MS),
  };
  return values[parameter];
}

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** A body that would do for its owner; empty for routes that need none. */
export function bodyFor(victim: Victim, { method, path }: Route): Readonly<Record<string, unknown>> {
  const member = { user_id: victim.colleagueId };
  const invitation = { invitation_id: victim.invitationId };
  const bodies: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "PATCH /v1/endpoints/:endpoint": { name: "renamed" },
    "PATCH /v1/members/:member": { role: "viewer" },
    "POST /v1/endpoints/:endpoint/release-windows": {
      until: inHours(1),
    },
    "PUT /v1/endpoints/:endpoint/credential": { kind: "bearer", token: "a-token-of-nobody" },
    "PUT /v1/incidents/:incident/mute": { until: inHours(1) },
    "POST /v1/incidents/:incident/comments": { body: "a comment" },
    "POST /v1/incidents/:incident/updates": { stage: "investigating", body: "an update" },
    "PATCH /v1/sinks/:sink": { name: "renamed" },
    "PUT /v1/sinks/:sink/settings": { settings: { address: "nobody@example.com" } },
    "POST /v1/sinks/:sink/confirmation": { code: "AAAA-AAAA" },
    "PUT /v1/rules/:rule": { name: "r", severities: ["P1"], scope: { kind: "all" } },
    "POST /v1/rules/preview": { endpoint: victim.endpointSlug, severity: "P1" },
    "PUT /v1/escalation-policies/:policy": {
      name: "p",
      steps: [{ after_minutes: 0, sink_ids: [victim.sinkId] }],
    },
    "PUT /v1/maintenance-windows/:maintenance": {
      name: "m",
      scope: { kind: "all" },
      starts_at: inHours(1),
      ends_at: inHours(2),
    },
    "POST /w/:workspace/members/role": { ...member, role: "viewer" },
    "POST /w/:workspace/members/remove": member,
    "POST /w/:workspace/members/invitations/resend": invitation,
    "POST /w/:workspace/members/invitations/revoke": invitation,
    "POST /w/:workspace/endpoints/:slug/releases": { length: "1h" },
    "POST /w/:workspace/incidents/:incident/mute": { length: "1h" },
    "POST /w/:workspace/sinks/:sink/name": { name: "renamed" },
    "POST /w/:workspace/sinks/:sink/settings": { "sink-way": "address", address: "a@example.com" },
    "POST /w/:workspace/sinks/new/:kind": {
      "sink-way": "address",
      "sink-name": "a",
      address: "a@example.com",
    },
    "POST /w/:workspace/keys/revoke": { key_id: victim.keyId },
    "PUT /v1/status-pages/:page": { title: "t", endpoint_ids: [victim.endpointId] },
    "PUT /v1/status-pages/:page/host": { host: "status.acme-sample.com" },
    "PUT /v1/status-pages/:page/logo": {
      logo: Buffer.from("\x89PNG\r\n\x1a\n sample", "latin1").toString("base64"),
    },
    "POST /w/:workspace/pages/:page/host": { host: "status.acme-sample.com" },
    "POST /w/:workspace/pages/:page": { title: "t", description: "", endpoint: victim.endpointId },
  };
  return bodies[`${method} ${path}`] ?? {};
}

/** What in a path or body names something of the victim's. */
export const idsOf = (victim: Victim): readonly string[] => [
  victim.endpointId,
  victim.endpointSlug,
  victim.colleagueId,
  victim.invitationId,
  victim.keyId,
  victim.releaseWindowId,
  victim.incidentId,
  victim.sinkId,
  victim.ruleId,
  victim.policyId,
  victim.maintenanceId,
  victim.deliveryId,
  victim.statusPageSlug,
];

/** Only operators' keys open these, so a tenant's key is refused whatever they name. */
export const isOperatorRoute = (path: string) => path.startsWith("/v1/operator/");
/** Name what is on the board for everybody; a workspace's own is not found by its owner either. */
export const isBoardRoute = (path: string) =>
  path.startsWith("/v1/follows/") || path.startsWith("/w/:workspace/board/");

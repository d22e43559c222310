import type { TestDatabase } from "./database.ts";

/** A tenant, its owner and one endpoint, by the keys that rows of theirs hold. */
export interface FilledTenant {
  readonly tenantId: string;
  readonly userId: string;
  readonly endpointId: string;
  readonly endpointNumber: number;
  readonly email: string;
}

/** `:tenant`, `:user`, `:endpoint`, `:number`, `:email` stand for the keys; `:hash` for a SHA-256 of the tenant's own. */
const ROWS: Readonly<Record<string, string>> = {
  tenant_data_key: `INSERT INTO tenant_data_key (tenant_id, version, provider, provider_key_id, wrapped_key)
    VALUES (:tenant, 1, 'local', 'k', '\\x00')`,
  endpoint_credential: `INSERT INTO endpoint_credential (endpoint_id, tenant_id, version, kind, data_key_version, sealed, hints, created_by)
    VALUES (:endpoint, :tenant, 1, 'bearer', 1, '\\x00', '{}', :user)`,
  endpoint_oauth_token: `INSERT INTO endpoint_oauth_token (endpoint_id, tenant_id, credential_version, data_key_version)
    VALUES (:endpoint, :tenant, 1, 1)`,
  endpoint_claim:
    "INSERT INTO endpoint_claim (tenant_id, endpoint_id, token) VALUES (:tenant, :endpoint, left(:hash, 32))",
  release_window: `INSERT INTO release_window (tenant_id, endpoint_id, from_at, until_at, announced_by)
    VALUES (:tenant, :endpoint, now(), now() + interval '1 hour', 'member ' || :user)`,
  follow: `INSERT INTO follow (tenant_id, endpoint_id, cadence_s) VALUES (:tenant, :endpoint, 60)`,
  notice: "INSERT INTO notice (tenant_id, kind) VALUES (:tenant, 'test')",
  idempotency_key: `INSERT INTO idempotency_key (tenant_id, caller_id, key, request_hash, attempt, started_at)
    VALUES (:tenant, 'k', 'k', :hash, gen_random_uuid(), now())`,
  api_keys: `INSERT INTO api_keys (tenant_id, prefix, secret_hash, name, scopes, created_by)
    VALUES (:tenant, left(:hash, 8), :hash, 'k', '{read}', :user)`,
  invitations: `INSERT INTO invitations (tenant_id, email, role, token_hash, invited_by, expires_at)
    VALUES (:tenant, 'guest-of-' || :email, 'viewer', :hash, :user, now())`,
  endpoint_memory: "INSERT INTO endpoint_memory (endpoint_id) VALUES (:endpoint)",
  endpoint_region_tool_list: `INSERT INTO endpoint_region_tool_list (endpoint_id, region, contract_hash, full_hash, believed_at)
    VALUES (:endpoint, 'us-east', :hash, :hash, now())`,
  drift_event: `INSERT INTO drift_event (endpoint_id, at, kind, is_breaking, accepted_by)
    VALUES (:endpoint, now(), 'drift', true, 'member ' || :user)`,
  endpoint_state: `INSERT INTO endpoint_state (endpoint_id, shard, since, machine) VALUES (:endpoint, 's00', now(), '{}')`,
  state_span: "INSERT INTO state_span (endpoint_id, state, from_at) VALUES (:endpoint, 'up', now())",
  transition: `INSERT INTO transition (endpoint_id, at, from_state, to_state, reason)
    VALUES (:endpoint, now(), 'unknown', 'up', 'first')`,
  incident: `INSERT INTO incident (endpoint_id, started_at, opened_at, severity, severity_worst, causes)
    VALUES (:endpoint, now(), now(), 'P1', 'P1', '{down}')`,
  subscriber: `INSERT INTO subscriber (endpoint_id, kind, target_hash, sealed, sealing_key_id, confirmed_at, end_hash)
    VALUES (:endpoint, 'email', :hash, '{}', 'k', now(), :hash)`,
  subscriber_delivery: `INSERT INTO subscriber_delivery (subscriber_id, incident_id, step, message, position, due_at, deadline_at)
    SELECT s.id, i.id, 'opened', '{}', 1, now(), now() FROM subscriber s JOIN incident i USING (endpoint_id)
    WHERE s.endpoint_id = :endpoint`,
  status_page: "INSERT INTO status_page (tenant_id, slug, title) VALUES (:tenant, left(:hash, 20), 'p')",
  status_page_endpoint: `INSERT INTO status_page_endpoint (page_id, endpoint_id, tenant_id, position)
    SELECT id, :endpoint, :tenant, 1 FROM status_page WHERE tenant_id = :tenant`,
  status_page_host: `INSERT INTO status_page_host (host, page_id, tenant_id)
    SELECT left(:hash, 20) || '.example', id, :tenant FROM status_page WHERE tenant_id = :tenant`,
  status_page_logo: `INSERT INTO status_page_logo (page_id, tenant_id, content_type, bytes)
    SELECT id, :tenant, 'image/png', decode(repeat('00', 12), 'hex') FROM status_page WHERE tenant_id = :tenant`,
  incident_group:
    "INSERT INTO incident_group (tenant_id, cause, opened_at) VALUES (:tenant, 'host:example.com', now())",
  incident_tenant: `INSERT INTO incident_tenant (incident_id, tenant_id, endpoint_id)
    SELECT id, :tenant, :endpoint FROM incident WHERE endpoint_id = :endpoint`,
  incident_event: `INSERT INTO incident_event (incident_id, tenant_id, at, kind, key)
    SELECT id, :tenant, now(), 'comment', 'k' FROM incident WHERE endpoint_id = :endpoint`,
  incident_update: `INSERT INTO incident_update (incident_id, tenant_id, stage, body, written_by)
    SELECT id, :tenant, 'investigating', 'b', 'member ' || :user FROM incident WHERE endpoint_id = :endpoint`,
  digest_mark: "INSERT INTO digest_mark (tenant_id, weekly_due_at) VALUES (:tenant, now())",
  burn_rate: `INSERT INTO burn_rate (endpoint_id, pace, since, held_at) VALUES (:endpoint, 'fast', now(), now())`,
  escalation_policy: "INSERT INTO escalation_policy (tenant_id, name, steps) VALUES (:tenant, 'p', '[]')",
  sink: `INSERT INTO sink (tenant_id, kind, name, shown, sealed, sealing_key_id, created_by)
    VALUES (:tenant, 'email', 's', 's', '{}', 'k', :user)`,
  alert_rule: `INSERT INTO alert_rule (tenant_id, name, position, severities, scope)
    VALUES (:tenant, 'r', 1, '{P1}', '{"kind": "all"}')`,
  maintenance_window: `INSERT INTO maintenance_window (tenant_id, name, scope, starts_at, ends_at, created_by)
    VALUES (:tenant, 'm', '{"kind": "all"}', now(), now() + interval '1 hour', 'member ' || :user)`,
  delivery: `INSERT INTO delivery (tenant_id, sink_id, endpoint_id, alert_key, dedup_key, event, message, due_at, deadline_at)
    SELECT :tenant, id, :endpoint, 'k', 'k', 'test', '{}', now(), now() FROM sink WHERE tenant_id = :tenant`,
  delivery_attempt: `INSERT INTO delivery_attempt (delivery_id, n, tenant_id, at, outcome, duration_ms)
    SELECT id, 1, :tenant, now(), 'sent', 1 FROM delivery WHERE tenant_id = :tenant`,
  alert_decision: `INSERT INTO alert_decision (tenant_id, at, endpoint_id, alert_key, event, severity, verdict, reason)
    VALUES (:tenant, now(), :endpoint, 'k', 'test', 'P1', 'send', 'rule-matched')`,
  inbound_event: `INSERT INTO inbound_event (sink_id, event_key, tenant_id, received_at)
    SELECT id, 'k', :tenant, now() FROM sink WHERE tenant_id = :tenant`,
  orphaned_thread: `INSERT INTO orphaned_thread
      (dedup_key, tenant_id, endpoint_name, endpoint_slug, severity, started_at, is_simulated, sink_ids)
    VALUES (gen_random_uuid(), :tenant, 'e', 'e', 'P1', now(), false, '{}')`,
  sink_thread: `INSERT INTO sink_thread (sink_id, dedup_key, tenant_id, ref)
    SELECT id, 'k', :tenant, '{}' FROM sink WHERE tenant_id = :tenant`,
  probe_minute: `INSERT INTO probe_minute (endpoint_number, retention_class, state, minute_at, revision, covers_minutes, regions)
    SELECT :number, c, 0, now() - n * interval '1 minute', 1, 1, '' FROM generate_series(0, 3) c, generate_series(0, 60) n`,
  probe_evidence: `INSERT INTO probe_evidence (endpoint_number, retention_class, minute_at, observed_at, region, state)
    VALUES (:number, 2, now(), now(), 'us-east', 'down')`,
  probe_hour: "INSERT INTO probe_hour (endpoint_number, hour_at) VALUES (:number, date_trunc('hour', now()))",
  probe_day: "INSERT INTO probe_day (endpoint_number, day) VALUES (:number, current_date)",
  sessions: `INSERT INTO sessions (user_id, token, expires_at) VALUES (:user, left(:hash, 40), now() + interval '1 day')`,
  accounts:
    "INSERT INTO accounts (user_id, provider_id, account_id) VALUES (:user, 'credential', :user::text)",
  two_factors: "INSERT INTO two_factors (user_id, secret, backup_codes) VALUES (:user, 's', 'c')",
  verifications: `INSERT INTO verifications (identifier, value, expires_at)
    VALUES ('reset', jsonb_build_object('email', :email, 'user', :user)::text, now())`,
  audit_log: `INSERT INTO audit_log (tenant_id, actor_kind, actor_id, action, target_kind, target_id, content_hash)
    VALUES (:tenant, 'member', :user, 'test', 'endpoint', :endpoint, :hash)`,
};

/** Tables of which the rows above are made by something else: the caller, a trigger, or nobody for one tenant. */
export const FILLED_OTHERWISE: readonly string[] = [
  "tenants",
  "users",
  "members",
  "endpoints",
  "retired_slug",
  "endpoint_erasure",
  "tool_list",
  "suppression_cluster",
  "upkeep_memory",
  "opt_out",
  "consumer_fence",
  "schedule_claim",
  "schema_migration",
];

/** Tables that `fillEveryTable` writes to. */
export const FILLED_TABLES = Object.keys(ROWS);

/** Gives the tenant, its owner and its endpoint a row in every table that can hold one. Partitions must cover today. */
export async function fillEveryTable(database: TestDatabase, of: FilledTenant): Promise<void> {
  for (const text of Object.values(ROWS)) {
    const values: Record<string, string> = {
      ":tenant": `'${of.tenantId}'::uuid`,
      ":user": `'${of.userId}'::uuid`,
      ":endpoint": `'${of.endpointId}'::uuid`,
      ":number": String(of.endpointNumber),
      ":email": `'${of.email}'`,
      ":hash": `encode(sha256('${of.tenantId}'), 'hex')`,
    };
    // Casts (`::text`) are no placeholders.
    const sql = text.replace(/(?<!:):[a-z]+/g, (name) => values[name] ?? name);
    await database.pool("super").query(sql);
  }
}

/** Tables, partitions left out, with rows that hold one of these texts anywhere. */
export async function tablesHolding(
  database: TestDatabase,
  texts: readonly string[],
): Promise<readonly string[]> {
  const holding: string[] = [];
  for (const table of await listTables(database)) {
    const { rows } = await database
      .pool("super")
      .query<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${table} t, unnest($1::text[]) wanted WHERE strpos(t::text, wanted) > 0`,
        [texts],
      );
    if ((rows[0]?.n ?? 0) > 0) {
      holding.push(table);
    }
  }
  return holding;
}

/** Every table of the schema, partitions left out. */
export async function listTables(database: TestDatabase): Promise<readonly string[]> {
  const { rows } = await database.pool("super").query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

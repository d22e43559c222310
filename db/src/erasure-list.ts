/** Where data of tenants and persons lives in Postgres, and how it goes. A test fails when a table is missing here. */

export type TableErasure =
  /** Has `tenant_id`: deleted row by row, in the order of this list, before the tenant's own row. */
  | { readonly kind: "tenant" }
  /** Has `user_id`: deleted with the person, and with nobody else. */
  | { readonly kind: "person" }
  /** Goes with the row of the endpoint: a foreign key that cascades. */
  | { readonly kind: "with-endpoint" }
  /** Has `endpoint_number` and no foreign key: deleted after the endpoint, by the queue `endpoint_erasure`. */
  | { readonly kind: "after-endpoint" }
  /** Erased as a part of something else, as it says. */
  | { readonly kind: "special"; readonly how: string }
  /** Holds nothing of a tenant or person, or stays for the reason it says. */
  | { readonly kind: "kept"; readonly why: string };

const tenant = { kind: "tenant" } as const;
const person = { kind: "person" } as const;
const withEndpoint = { kind: "with-endpoint" } as const;
const afterEndpoint = { kind: "after-endpoint" } as const;
const special = (how: string) => ({ kind: "special", how }) as const;
const kept = (why: string) => ({ kind: "kept", why }) as const;

export const TABLE_ERASURE = {
  // What names a key or an endpoint first, then those.
  endpoint_oauth_token: tenant,
  endpoint_credential: tenant,
  endpoint_claim: tenant,
  release_window: tenant,
  delivery_attempt: tenant,
  sink_thread: tenant,
  orphaned_thread: tenant,
  inbound_event: tenant,
  delivery: tenant,
  alert_decision: tenant,
  status_page_endpoint: tenant,
  status_page_host: tenant,
  status_page_logo: tenant,
  status_page: tenant,
  incident_update: tenant,
  incident_event: tenant,
  incident_tenant: tenant,
  incident_group: tenant,
  maintenance_window: tenant,
  alert_rule: tenant,
  escalation_policy: tenant,
  sink: tenant,
  digest_mark: tenant,
  endpoints: tenant,
  tenant_data_key: tenant,
  follow: tenant,
  notice: tenant,
  idempotency_key: tenant,
  api_keys: tenant,
  invitations: tenant,
  // Last: with them the owner can no longer be told.
  members: tenant,
  tenants: special("its own row goes when all of the above are gone (`erase_tenant`)"),

  endpoint_memory: withEndpoint,
  endpoint_region_tool_list: withEndpoint,
  drift_event: withEndpoint,
  endpoint_state: withEndpoint,
  state_span: withEndpoint,
  transition: withEndpoint,
  incident: withEndpoint,
  burn_rate: withEndpoint,
  subscriber: withEndpoint,
  subscriber_delivery: special(
    "goes with its subscriber and with its incident, by foreign keys that cascade",
  ),

  probe_minute: afterEndpoint,
  probe_evidence: afterEndpoint,
  probe_hour: afterEndpoint,
  probe_day: afterEndpoint,
  endpoint_erasure: special("a row goes when a pass over its endpoint's tables and keys found nothing"),

  sessions: person,
  accounts: person,
  two_factors: person,
  users: special("its own row goes when the person's others are gone (`erase_person`)"),
  verifications: special(
    "rows that hold the person's id or address (`erase_person`); all others expire within days",
  ),

  retired_slug: special(
    "loses tenant and endpoint by its foreign keys; the slug stays, so that nobody takes over its links",
  ),
  tool_list: special(
    "content that many endpoints share; deleted within a day when nothing names it (`deleteUnusedToolLists`)",
  ),
  audit_log: kept("append-only for 7 years; names whom and what by id, and what was written by its hash"),
  suppression_cluster: kept("which shared cause struck how many; names no tenant and no endpoint"),
  opt_out: kept("a request not to be probed outlives whoever made it"),
  upkeep_memory: kept("figures of the whole installation; names no tenant and no endpoint"),
  consumer_fence: kept("positions in streams"),
  schedule_claim: kept("which scheduler enqueues when"),
  schema_migration: kept("what the schema is"),
} as const satisfies Readonly<Record<string, TableErasure>>;

/** Tables of one kind, in the order of the list. */
export function tablesErased(kind: "tenant" | "person" | "after-endpoint"): readonly string[] {
  return Object.entries(TABLE_ERASURE)
    .filter(([, erasure]) => erasure.kind === kind)
    .map(([table]) => table);
}

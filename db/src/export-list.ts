/**
 * What a workspace takes along, table by table: the counterpart of `db/src/erasure-list.ts`. A test fails when a table
 * that is erased with a tenant is neither here nor said to be left out.
 */
export type TableExport =
  /** One list of the whole workspace; `omit` names columns that are secrets or of no use outside. */
  | { readonly kind: "workspace"; readonly omit: readonly string[]; readonly orderBy: string }
  /** One list per endpoint. `rowsMax` keeps the newest; null: all there are. */
  | {
      readonly kind: "endpoint";
      readonly key: "endpoint_id" | "endpoint_number";
      readonly omit: readonly string[];
      readonly orderBy: string;
      readonly rowsMax: number | null;
    }
  | { readonly kind: "left-out"; readonly why: string };

const workspace = (orderBy: string, omit: readonly string[] = []) =>
  ({ kind: "workspace", omit: ["tenant_id", ...omit], orderBy }) as const;
const perEndpoint = (orderBy: string, more: { omit?: readonly string[]; rowsMax?: number } = {}) =>
  ({
    kind: "endpoint",
    key: "endpoint_id",
    omit: ["endpoint_id", ...(more.omit ?? [])],
    orderBy,
    rowsMax: more.rowsMax ?? null,
  }) as const;
const perNumber = (orderBy: string, more: { omit?: readonly string[]; rowsMax?: number } = {}) =>
  ({
    kind: "endpoint",
    key: "endpoint_number",
    omit: ["endpoint_number", ...(more.omit ?? [])],
    orderBy,
    rowsMax: more.rowsMax ?? null,
  }) as const;
const leftOut = (why: string) => ({ kind: "left-out", why }) as const;

export const TABLE_EXPORT = {
  follow: workspace("created_at, endpoint_id"),
  invitations: workspace("created_at, id", ["token_hash"]),
  api_keys: workspace("created_at, id", ["secret_hash"]),
  release_window: workspace("from_at, id"),
  endpoint_claim: workspace("created_at, endpoint_id", ["token"]),
  endpoint_credential: workspace("created_at, endpoint_id", ["sealed", "data_key_version"]),
  notice: workspace("id"),
  status_page: workspace("created_at, id"),
  status_page_endpoint: workspace("page_id, position"),
  status_page_host: workspace("page_id"),
  status_page_logo: workspace("page_id", ["bytes"]),
  sink: workspace("created_at, id", ["sealed", "sealing_key_id", "proof_hash"]),
  alert_rule: workspace("position, id"),
  escalation_policy: workspace("created_at, id"),
  maintenance_window: workspace("starts_at, id"),
  incident_tenant: workspace("created_at, id"),
  incident_group: workspace("opened_at, id"),
  incident_event: workspace("id"),
  incident_update: workspace("at, id"),
  alert_decision: workspace("id"),
  delivery: workspace("created_at, id", ["leased_until", "leased_by"]),
  delivery_attempt: workspace("at, delivery_id, n"),

  endpoint_memory: perEndpoint("endpoint_id"),
  endpoint_region_tool_list: perEndpoint("region"),
  endpoint_state: perEndpoint("endpoint_id", { omit: ["machine", "shard"] }),
  state_span: perEndpoint("from_at"),
  transition: perEndpoint("at, id"),
  incident: perEndpoint("opened_at, id"),
  drift_event: perEndpoint("at, id"),
  probe_day: perNumber("day"),
  probe_evidence: perNumber("minute_at DESC, region", { omit: ["retention_class"], rowsMax: 1_000 }),

  inbound_event: leftOut("names that channels gave to what they told us"),
  sink_thread: leftOut("what a channel calls a message of ours"),
  orphaned_thread: leftOut("messages about to be promised, for seconds"),
  digest_mark: leftOut("when a digest was looked at last"),
  burn_rate: leftOut("working memory; incidents say what came of it"),
  subscriber: leftOut("strangers' addresses, sealed: they are theirs, not the workspace's"),
  endpoints: leftOut("each begins with its own row"),
  members: leftOut("exported with names and addresses"),
  probe_minute: leftOut("packed; the REST API gives minutes in words"),
  probe_hour: leftOut("kept for days only and summed up in days"),
  tenant_data_key: leftOut("a key that opens credentials never leaves the vault"),
  endpoint_oauth_token: leftOut("credentials never leave the vault"),
  idempotency_key: leftOut("answers of the last day, sealed with the API key that asked"),
} as const satisfies Readonly<Record<string, TableExport>>;

-- why: what probes found: memory of each endpoint, tool lists, drift, minutes, days and evidence of failures
-- locks: none, every table is new
-- breaking: no

-- What earlier probes learned about an endpoint; the archiver writes it, the scheduler puts it into jobs.
CREATE TABLE endpoint_memory (
  endpoint_id uuid PRIMARY KEY REFERENCES endpoints (id) ON DELETE CASCADE,
  era text CHECK (era IN ('legacy', 'modern')),
  transport text CHECK (transport IN ('http', 'sse')),
  protocol_version text CHECK (length(protocol_version) <= 32),
  server_name text CHECK (length(server_name) <= 200),
  server_version text CHECK (length(server_version) <= 100),
  baseline_contract_hash text CHECK (baseline_contract_hash ~ '^[0-9a-f]{64}$'),
  baseline_full_hash text CHECK (baseline_full_hash ~ '^[0-9a-f]{64}$'),
  -- Hashes compare only within one era: some servers list different fields in the other.
  baseline_era text CHECK (baseline_era IN ('legacy', 'modern')),
  baseline_at timestamptz,
  is_tool_list_empty_at_baseline boolean NOT NULL DEFAULT false,
  tools_count integer,
  lints text[] NOT NULL DEFAULT '{}',
  tls_expires_at timestamptz,
  -- 7-day p95 above 5 s: looks get longer budgets.
  is_slow boolean NOT NULL DEFAULT false,
  -- Start of the unbroken time without any answer; null while it answers.
  dead_since timestamptz,
  -- The endpoint asked to be left alone until then (Retry-After).
  retry_after_until timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX endpoint_memory_by_baseline ON endpoint_memory (baseline_full_hash);
CREATE INDEX endpoint_memory_by_update ON endpoint_memory (updated_at);

-- The tool list each region is believed to serve, and one that has not been seen often enough yet to be believed.
-- No row means that the region serves the baseline.
CREATE TABLE endpoint_region_tool_list (
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  region text NOT NULL,
  contract_hash text NOT NULL CHECK (contract_hash ~ '^[0-9a-f]{64}$'),
  full_hash text NOT NULL CHECK (full_hash ~ '^[0-9a-f]{64}$'),
  believed_at timestamptz NOT NULL,
  pending_contract_hash text CHECK (pending_contract_hash ~ '^[0-9a-f]{64}$'),
  pending_full_hash text CHECK (pending_full_hash ~ '^[0-9a-f]{64}$'),
  pending_count integer NOT NULL DEFAULT 0,
  pending_since timestamptz,
  PRIMARY KEY (endpoint_id, region)
);
CREATE INDEX endpoint_region_tool_list_by_belief ON endpoint_region_tool_list (believed_at);
CREATE INDEX endpoint_region_tool_list_by_hash ON endpoint_region_tool_list (full_hash);
CREATE INDEX endpoint_region_tool_list_by_pending ON endpoint_region_tool_list (pending_full_hash);

-- Content-addressed: one row per list, however many endpoints serve it.
CREATE TABLE tool_list (
  full_hash text PRIMARY KEY CHECK (full_hash ~ '^[0-9a-f]{64}$'),
  contract_hash text NOT NULL CHECK (contract_hash ~ '^[0-9a-f]{64}$'),
  tools_count integer NOT NULL CHECK (tools_count >= 0),
  -- Canonical JSON of the tools, zlib-deflated.
  body bytea NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE drift_event (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  -- Null when it is not about one region.
  region text,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (kind IN ('drift', 'inconsistent_replicas', 'inconsistent_regions', 'tool_list_emptied')),
  from_contract_hash text,
  from_full_hash text,
  to_contract_hash text,
  to_full_hash text,
  is_breaking boolean NOT NULL,
  -- Only texts an agent reads changed, and the new one tells it what to do: a person should look.
  is_suspicious boolean NOT NULL DEFAULT false,
  changes jsonb NOT NULL DEFAULT '[]',
  accepted_at timestamptz,
  accepted_by text,
  CONSTRAINT drift_event_once UNIQUE NULLS NOT DISTINCT (endpoint_id, region, at, kind, to_full_hash)
);
CREATE INDEX drift_event_newest ON drift_event (endpoint_id, at DESC);
CREATE INDEX drift_event_by_from ON drift_event (from_full_hash);
CREATE INDEX drift_event_by_to ON drift_event (to_full_hash);

-- One row per endpoint and verdict-minute. Classes, states and reasons are the numbers of db/src/codes.ts.
-- Column order packs the fixed part of a row into 32 bytes.
CREATE TABLE probe_minute (
  endpoint_number integer NOT NULL,
  retention_class smallint NOT NULL,
  state smallint NOT NULL,
  minute_at timestamptz NOT NULL,
  latency_ms integer,
  revision integer NOT NULL,
  -- Minutes the row stands for: the endpoint's cadence.
  covers_minutes smallint NOT NULL,
  reason smallint,
  -- Packed per-region votes.
  regions bytea NOT NULL,
  PRIMARY KEY (endpoint_number, retention_class, minute_at)
) PARTITION BY LIST (retention_class);

-- Failing region results only: the waterfall and a redacted excerpt.
CREATE TABLE probe_evidence (
  endpoint_number integer NOT NULL,
  retention_class smallint NOT NULL,
  minute_at timestamptz NOT NULL,
  observed_at timestamptz NOT NULL,
  region text NOT NULL,
  state text NOT NULL,
  reason text,
  layer text,
  detail text,
  steps jsonb NOT NULL DEFAULT '[]',
  excerpt text CHECK (length(excerpt) <= 500),
  PRIMARY KEY (endpoint_number, retention_class, minute_at, region)
) PARTITION BY LIST (retention_class);

CREATE TABLE probe_minute_public PARTITION OF probe_minute FOR VALUES IN (0) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_minute_author PARTITION OF probe_minute FOR VALUES IN (1) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_minute_team PARTITION OF probe_minute FOR VALUES IN (2) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_minute_enterprise PARTITION OF probe_minute FOR VALUES IN (3) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_evidence_public PARTITION OF probe_evidence FOR VALUES IN (0) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_evidence_author PARTITION OF probe_evidence FOR VALUES IN (1) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_evidence_team PARTITION OF probe_evidence FOR VALUES IN (2) PARTITION BY RANGE (minute_at);
CREATE TABLE probe_evidence_enterprise PARTITION OF probe_evidence FOR VALUES IN (3) PARTITION BY RANGE (minute_at);

-- One UTC day of one endpoint, in covered minutes after the overlay of committed spans.
CREATE TABLE probe_day (
  endpoint_number integer NOT NULL,
  day date NOT NULL,
  up_minutes integer NOT NULL DEFAULT 0,
  degraded_minutes integer NOT NULL DEFAULT 0,
  down_minutes integer NOT NULL DEFAULT 0,
  auth_walled_minutes integer NOT NULL DEFAULT 0,
  unknown_minutes integer NOT NULL DEFAULT 0,
  maintenance_minutes integer NOT NULL DEFAULT 0,
  -- Counts per latency bucket; percentiles do not merge, counts do.
  latency_histogram integer[] NOT NULL DEFAULT '{}',
  rolled_up_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (endpoint_number, day)
);
CREATE INDEX probe_day_by_day ON probe_day (day);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['endpoint_memory', 'endpoint_region_tool_list', 'tool_list', 'drift_event',
    'probe_minute', 'probe_evidence', 'probe_day',
    'probe_minute_public', 'probe_minute_author', 'probe_minute_team', 'probe_minute_enterprise',
    'probe_evidence_public', 'probe_evidence_author', 'probe_evidence_team', 'probe_evidence_enterprise'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['endpoint_memory', 'endpoint_region_tool_list', 'tool_list', 'drift_event',
    'probe_minute', 'probe_evidence', 'probe_day'] LOOP
    EXECUTE format('CREATE POLICY system_all ON %I TO alivemcp_system USING (true)', name);
    EXECUTE format('CREATE POLICY operator_all ON %I FOR SELECT TO alivemcp_operator USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_system', name);
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_app, alivemcp_operator', name);
  END LOOP;
END $$;

CREATE POLICY app_visible ON endpoint_memory FOR SELECT TO alivemcp_app
  USING (endpoint_id IN (SELECT v.id FROM visible_endpoints() v));
CREATE POLICY app_visible ON endpoint_region_tool_list FOR SELECT TO alivemcp_app
  USING (endpoint_id IN (SELECT v.id FROM visible_endpoints() v));
CREATE POLICY app_visible ON drift_event FOR SELECT TO alivemcp_app
  USING (endpoint_id IN (SELECT v.id FROM visible_endpoints() v));
CREATE POLICY app_visible ON probe_minute FOR SELECT TO alivemcp_app
  USING (endpoint_number IN (SELECT v.number FROM visible_endpoints() v));
CREATE POLICY app_visible ON probe_evidence FOR SELECT TO alivemcp_app
  USING (endpoint_number IN (SELECT v.number FROM visible_endpoints() v));
CREATE POLICY app_visible ON probe_day FOR SELECT TO alivemcp_app
  USING (endpoint_number IN (SELECT v.number FROM visible_endpoints() v));
-- A list is visible through an endpoint that served it; the tables asked here apply their own policies.
CREATE POLICY app_visible ON tool_list FOR SELECT TO alivemcp_app
  USING (
    EXISTS (SELECT FROM endpoint_region_tool_list r WHERE tool_list.full_hash IN (r.full_hash, r.pending_full_hash))
    OR EXISTS (SELECT FROM endpoint_memory m WHERE m.baseline_full_hash = tool_list.full_hash)
    OR EXISTS (SELECT FROM drift_event d WHERE d.from_full_hash = tool_list.full_hash)
    OR EXISTS (SELECT FROM drift_event d WHERE d.to_full_hash = tool_list.full_hash)
  );
-- An owner accepts a new baseline of an endpoint of its own.
CREATE POLICY app_accept ON drift_event FOR UPDATE TO alivemcp_app
  USING (endpoint_id IN (SELECT e.id FROM endpoints e WHERE e.tenant_id = (SELECT current_tenant_id())));
GRANT UPDATE (accepted_at, accepted_by) ON drift_event TO alivemcp_app;

-- why: committed states with their history, fences of stream consumers, claims of schedulers
-- locks: none, every table is new
-- breaking: no

-- The alert router's state machine of one endpoint.
CREATE TABLE endpoint_state (
  endpoint_id uuid PRIMARY KEY REFERENCES endpoints (id) ON DELETE CASCADE,
  -- `s00` … `s15`, so that a new holder of a shard finds its open confirmations.
  shard text NOT NULL CHECK (shard ~ '^s[0-9]{2}$'),
  committed text NOT NULL DEFAULT 'unknown' CHECK (committed IN ('unknown', 'up', 'down')),
  since timestamptz NOT NULL,
  reason text,
  flags text[] NOT NULL DEFAULT '{}',
  machine jsonb NOT NULL,
  -- The next instant at which the machine wants to be woken; null when nothing is open.
  confirming_until timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX endpoint_state_confirming ON endpoint_state (shard, confirming_until) WHERE confirming_until IS NOT NULL;

-- Unbroken times in one committed state. The newest one of an endpoint has no end.
CREATE TABLE state_span (
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  state text NOT NULL CHECK (state IN ('unknown', 'up', 'down')),
  from_at timestamptz NOT NULL,
  to_at timestamptz CHECK (to_at >= from_at),
  PRIMARY KEY (endpoint_id, from_at)
);
CREATE UNIQUE INDEX state_span_one_open ON state_span (endpoint_id) WHERE to_at IS NULL;

-- Why the committed state or a flag changed; shown on the page and to whoever asks "why was I (not) paged".
CREATE TABLE transition (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  reason text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT transition_once UNIQUE (endpoint_id, at, from_state, to_state, reason)
);
CREATE INDEX transition_newest ON transition (endpoint_id, at DESC);

-- The newest lease number seen per consumer group and shard; a holder with an older one must stop writing.
CREATE TABLE consumer_fence (
  consumer_group text NOT NULL,
  shard text NOT NULL CHECK (shard ~ '^s[0-9]{2}$'),
  fence bigint NOT NULL,
  -- Everything of the stream written before this instant is in Postgres.
  watermark_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer_group, shard)
);

-- Which scheduler enqueues which 5-second window of which shard.
CREATE TABLE schedule_claim (
  window_at timestamptz NOT NULL,
  shard text NOT NULL CHECK (shard ~ '^s[0-9]{2}$'),
  claimed_by text,
  lease_until timestamptz,
  done_at timestamptz,
  PRIMARY KEY (window_at, shard)
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['endpoint_state', 'state_span', 'transition', 'consumer_fence', 'schedule_claim'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', name);
    EXECUTE format('CREATE POLICY system_all ON %I TO alivemcp_system USING (true)', name);
    EXECUTE format('CREATE POLICY operator_all ON %I FOR SELECT TO alivemcp_operator USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_system', name);
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_operator', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['endpoint_state', 'state_span', 'transition'] LOOP
    EXECUTE format('CREATE POLICY app_visible ON %I FOR SELECT TO alivemcp_app '
      'USING (endpoint_id IN (SELECT v.id FROM visible_endpoints() v))', name);
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_app', name);
  END LOOP;
END $$;

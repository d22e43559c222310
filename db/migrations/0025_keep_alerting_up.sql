-- why: upkeep of alerting remembers which digests were due, which budgets burn, and how our own service stands
-- locks: endpoints, tenants and sink, for the milliseconds of adding columns
-- breaking: no

-- Ratio of minutes that are to be good, as its owner promised; null: none. Not part of a job, so no new config version.
ALTER TABLE endpoints ADD COLUMN slo_target double precision CHECK (slo_target BETWEEN 0.9 AND 0.9999);
CREATE INDEX endpoints_with_slo_target ON endpoints (id) WHERE slo_target IS NOT NULL;

-- IANA name; weekly digests come on Monday at 08:00 there.
ALTER TABLE tenants ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC' CHECK (length(time_zone) BETWEEN 1 AND 60);
GRANT UPDATE (time_zone) ON tenants TO alivemcp_app;

-- First failure after the last success; null: the last try succeeded, or none was made.
ALTER TABLE sink ADD COLUMN failing_since timestamptz;
CREATE INDEX sink_to_recheck ON sink (reverify_at) WHERE reverify_at IS NOT NULL AND state = 'verified';
CREATE INDEX sink_by_sealing_key ON sink (sealing_key_id);

-- A weekly digest that had nothing to say leaves no delivery: this says that it was looked at.
CREATE TABLE digest_mark (
  tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  weekly_due_at timestamptz NOT NULL
);

-- How fast an endpoint's error budget burns; no row: not too fast.
CREATE TABLE burn_rate (
  endpoint_id uuid PRIMARY KEY REFERENCES endpoints (id) ON DELETE CASCADE,
  pace text NOT NULL CHECK (pace IN ('fast', 'steady', 'slow')),
  since timestamptz NOT NULL,
  -- When a rule held last.
  held_at timestamptz NOT NULL
);

-- What a task of upkeep that is about the whole installation remembers from one round to the next.
CREATE TABLE upkeep_memory (
  task text PRIMARY KEY CHECK (length(task) BETWEEN 1 AND 60),
  memory jsonb NOT NULL,
  updated_at timestamptz NOT NULL
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['digest_mark', 'burn_rate', 'upkeep_memory'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', name);
    EXECUTE format('CREATE POLICY system_all ON %I TO alivemcp_system USING (true)', name);
    EXECUTE format('CREATE POLICY operator_all ON %I FOR SELECT TO alivemcp_operator USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_system', name);
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_operator', name);
  END LOOP;
END $$;

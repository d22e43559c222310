-- why: what an owner may expect of an endpoint beyond the protocol, why it is paused, announced releases, accepted baselines
-- locks: endpoints, endpoint_memory and drift_event, for the milliseconds of adding columns with constant defaults
-- breaking: no

ALTER TABLE endpoints
  -- Array of HealthUrl (services/core/src/health-url.ts).
  ADD COLUMN health_urls jsonb NOT NULL DEFAULT '[]'
    CHECK (jsonb_typeof(health_urls) = 'array' AND jsonb_array_length(health_urls) <= 5),
  ADD COLUMN expected_tools text[] NOT NULL DEFAULT '{}' CHECK (cardinality(expected_tools) <= 100),
  ADD COLUMN latency_degraded_ms integer NOT NULL DEFAULT 5000 CHECK (latency_degraded_ms BETWEEN 500 AND 30000),
  ADD COLUMN degraded_after_minutes integer NOT NULL DEFAULT 3 CHECK (degraded_after_minutes BETWEEN 1 AND 10),
  ADD COLUMN degraded_cleared_after_minutes integer NOT NULL DEFAULT 2
    CHECK (degraded_cleared_after_minutes BETWEEN 1 AND 10),
  -- `plan`: it exceeds what the plan allows; such a pause ends with an upgrade, an operator's only by an operator.
  ADD COLUMN paused_reason text CHECK (paused_reason IN ('owner', 'plan', 'operator'));

UPDATE endpoints SET paused_reason = 'owner' WHERE paused_at IS NOT NULL;
-- Registered through an API whose field is described as a read-only tool.
UPDATE endpoints SET health = health || '{"isReadOnlyConfirmed": true}' WHERE health ->> 'kind' = 'named';
ALTER TABLE endpoints
  ADD CONSTRAINT endpoints_paused_for_a_reason CHECK ((paused_at IS NULL) = (paused_reason IS NULL)),
  -- No tool that changes something is ever called: whoever names one says that it does not.
  ADD CONSTRAINT endpoints_named_tool_is_read_only
    CHECK (health ->> 'kind' <> 'named' OR health @> '{"isReadOnlyConfirmed": true}');

-- Everything that a job or the router's policy is made of.
CREATE OR REPLACE FUNCTION bump_config_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.url, NEW.transport, NEW.cadence_s, NEW.regions, NEW.confirmation_period_ms, NEW.health, NEW.standing,
      NEW.health_urls, NEW.expected_tools, NEW.latency_degraded_ms, NEW.degraded_after_minutes,
      NEW.degraded_cleared_after_minutes)
     IS DISTINCT FROM
     (OLD.url, OLD.transport, OLD.cadence_s, OLD.regions, OLD.confirmation_period_ms, OLD.health, OLD.standing,
      OLD.health_urls, OLD.expected_tools, OLD.latency_degraded_ms, OLD.degraded_after_minutes,
      OLD.degraded_cleared_after_minutes)
  THEN
    NEW.config_version := OLD.config_version + 1;
  END IF;
  NEW.updated_at := now();
  RETURN NEW;
END $$;

ALTER TABLE endpoint_memory
  -- What the hourly listing of declared resources and prompts found; kept apart because other probes do not look.
  ADD COLUMN capability_lints text[] NOT NULL DEFAULT '{}',
  -- Newest probe that found a health URL failing: until a while later, every probe asks them all.
  ADD COLUMN health_url_failed_at timestamptz;

-- A release that its owner announced: drift inside it is expected, and what is served at its end is the new baseline.
CREATE TABLE release_window (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  note text CHECK (length(note) <= 500),
  announced_by text NOT NULL CHECK (length(announced_by) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  cancelled_at timestamptz,
  settled_at timestamptz,
  -- Why it ended as it did; the words of services/core/src/release-window.ts.
  settled_reason text CHECK (settled_reason IN ('accepted', 'nothing-changed', 'not-announced', 'regions-differ')),
  CONSTRAINT release_window_at_most_a_day CHECK (until_at > from_at AND until_at <= from_at + interval '24 hours'),
  CONSTRAINT release_window_settled_for_a_reason CHECK ((settled_at IS NULL) = (settled_reason IS NULL))
);
CREATE INDEX release_window_by_endpoint ON release_window (endpoint_id, from_at DESC);
CREATE INDEX release_window_by_tenant ON release_window (tenant_id);
CREATE INDEX release_window_open ON release_window (until_at) WHERE settled_at IS NULL AND cancelled_at IS NULL;

ALTER TABLE release_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_window FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON release_window TO alivemcp_owner USING (true);
CREATE POLICY system_all ON release_window TO alivemcp_system USING (true);
CREATE POLICY operator_all ON release_window FOR SELECT TO alivemcp_operator USING (true);
CREATE POLICY app_own ON release_window TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()))
  WITH CHECK (tenant_id = (SELECT current_tenant_id())
    AND endpoint_id IN (SELECT e.id FROM endpoints e WHERE e.tenant_id = (SELECT current_tenant_id())));
GRANT SELECT ON release_window TO alivemcp_app, alivemcp_system, alivemcp_operator;
GRANT INSERT (tenant_id, endpoint_id, from_at, until_at, note, announced_by), UPDATE (cancelled_at), DELETE
  ON release_window TO alivemcp_app;
GRANT UPDATE (settled_at, settled_reason) ON release_window TO alivemcp_system;

-- The announced release that this drift belongs to.
ALTER TABLE drift_event ADD COLUMN release_window_id uuid REFERENCES release_window (id) ON DELETE SET NULL;
CREATE INDEX drift_event_by_release_window ON drift_event (release_window_id) WHERE release_window_id IS NOT NULL;

-- An owner accepts a new baseline of an endpoint of its own.
CREATE POLICY app_accept ON endpoint_memory FOR UPDATE TO alivemcp_app
  USING (endpoint_id IN (SELECT e.id FROM endpoints e WHERE e.tenant_id = (SELECT current_tenant_id())));
GRANT UPDATE (baseline_contract_hash, baseline_full_hash, baseline_era, baseline_at, is_tool_list_empty_at_baseline,
  updated_at) ON endpoint_memory TO alivemcp_app;

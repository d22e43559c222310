-- why: an outage becomes one incident, and every message about it is a row before it is sent
-- locks: drift_event, for the milliseconds of adding a column
-- breaking: no

-- A confirmed period of trouble of one endpoint: facts only. What a tenant makes of it is `incident_tenant`.
CREATE TABLE incident (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  -- A simulated outage is the tenant's who asked for it, and nobody else's.
  simulated_for uuid REFERENCES tenants (id) ON DELETE CASCADE,
  -- Of the trouble: the first failing probe, the first good one.
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- When it was decided.
  opened_at timestamptz NOT NULL,
  resolved_at timestamptz,
  -- Now, and the worst it has been. P1 is the worst.
  severity text NOT NULL CHECK (severity IN ('P1', 'P2')),
  severity_worst text NOT NULL CHECK (severity_worst IN ('P1', 'P2')),
  -- What is the matter now, sorted; empty once resolved. Words of INCIDENT_CAUSES, `regional:<region>` among them.
  causes text[] NOT NULL,
  failure_reason text CHECK (length(failure_reason) <= 60),
  -- Regions that said so, sorted.
  regions text[] NOT NULL DEFAULT '{}',
  is_flapping boolean NOT NULL DEFAULT false,
  -- Rises with every change.
  revision integer NOT NULL DEFAULT 1,
  CHECK (resolved_at IS NULL OR cardinality(causes) = 0)
);
CREATE UNIQUE INDEX incident_one_open ON incident (endpoint_id) WHERE resolved_at IS NULL AND simulated_for IS NULL;
CREATE UNIQUE INDEX incident_one_simulated ON incident (endpoint_id, simulated_for)
  WHERE resolved_at IS NULL AND simulated_for IS NOT NULL;
CREATE INDEX incident_newest ON incident (endpoint_id, opened_at DESC);

-- Endpoints of one tenant that fail together for one cause are shown, and told of, as one.
CREATE TABLE incident_group (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  -- What they have in common, such as `host:mcp.example.com`.
  cause text NOT NULL CHECK (length(cause) <= 300),
  opened_at timestamptz NOT NULL,
  closed_at timestamptz
);
CREATE INDEX incident_group_open ON incident_group (tenant_id, cause) WHERE closed_at IS NULL;

-- One shared cause that would page many tenants at once: they get one notice instead. Nobody's but the operators'.
CREATE TABLE suppression_cluster (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  cause text NOT NULL CHECK (length(cause) <= 300),
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  tenants integer NOT NULL,
  endpoints integer NOT NULL,
  -- Tenants that could have been paged when it was decided.
  tenants_all integer NOT NULL
);
CREATE UNIQUE INDEX suppression_cluster_one_open ON suppression_cluster (cause) WHERE closed_at IS NULL;

CREATE TABLE escalation_policy (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- `[{afterMs, sinkIds}]`, ascending; `services/core/src/escalation.ts` reads it.
  steps jsonb NOT NULL CHECK (jsonb_typeof(steps) = 'array'),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX escalation_policy_by_tenant ON escalation_policy (tenant_id);

-- What one tenant, owner or follower, makes of an incident. Its id is the dedup_key on every channel.
CREATE TABLE incident_tenant (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  incident_id uuid NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  acknowledged_at timestamptz,
  -- `member <uuid>`, `api-key <uuid>`, or `sink <uuid>` for who answered from a channel.
  acknowledged_by text CHECK (length(acknowledged_by) <= 200),
  muted_until timestamptz,
  muted_by text CHECK (length(muted_by) <= 200),
  group_id uuid REFERENCES incident_group (id) ON DELETE SET NULL,
  cluster_id uuid REFERENCES suppression_cluster (id) ON DELETE SET NULL,
  escalation_policy_id uuid REFERENCES escalation_policy (id) ON DELETE SET NULL,
  -- Steps done.
  escalation_step integer NOT NULL DEFAULT 0,
  -- Severity that was told last; null: nobody was told.
  told_severity text CHECK (told_severity IN ('P1', 'P2')),
  -- First message of it that a receiver accepted.
  first_accepted_at timestamptz,
  -- Next instant at which something is to be decided although nothing changes: an escalation step, a mute that ends.
  wake_at timestamptz,
  resolved_at timestamptz,
  UNIQUE (incident_id, tenant_id)
);
CREATE INDEX incident_tenant_newest ON incident_tenant (tenant_id, created_at DESC, id);
CREATE INDEX incident_tenant_open ON incident_tenant (tenant_id, endpoint_id) WHERE resolved_at IS NULL;
CREATE INDEX incident_tenant_wake ON incident_tenant (wake_at) WHERE wake_at IS NOT NULL;

-- Timeline. Without a tenant: a fact that everybody sees who sees the incident.
CREATE TABLE incident_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  tenant_id uuid REFERENCES tenants (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  kind text NOT NULL CHECK (length(kind) <= 40),
  actor text CHECK (length(actor) <= 200),
  facts jsonb NOT NULL DEFAULT '{}',
  -- Writing the same event twice adds nothing.
  key text NOT NULL CHECK (length(key) <= 200),
  CONSTRAINT incident_event_once UNIQUE NULLS NOT DISTINCT (incident_id, tenant_id, key)
);
CREATE INDEX incident_event_by_time ON incident_event (incident_id, at, id);

-- What the owner of an endpoint tells the public.
CREATE TABLE incident_update (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  incident_id uuid NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  stage text NOT NULL CHECK (stage IN ('investigating', 'identified', 'monitoring', 'resolved')),
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
  written_by text NOT NULL CHECK (length(written_by) <= 200),
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX incident_update_by_incident ON incident_update (incident_id, at);

-- A place where alerts go. Its settings (URLs, keys, addresses) are sealed to the alert router's key.
CREATE TABLE sink (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind ~ '^[a-z]{2,20}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  state text NOT NULL DEFAULT 'unverified' CHECK (state IN ('unverified', 'verified', 'disabled')),
  -- What may be shown of the settings, in words: channel, host, masked address.
  shown text NOT NULL CHECK (length(shown) <= 300),
  sealed jsonb NOT NULL,
  sealing_key_id text NOT NULL CHECK (length(sealing_key_id) <= 40),
  -- Rises when the settings change, bound into the box; a changed sink is unverified again.
  version integer NOT NULL DEFAULT 1 CHECK (version > 0),
  -- The e-mail of the owner, made with the workspace: verified as the account is.
  is_default boolean NOT NULL DEFAULT false,
  -- SHA-256 of the code or token that proves it; null when none is waiting.
  proof_hash text CHECK (proof_hash ~ '^[0-9a-f]{64}$'),
  proof_expires_at timestamptz,
  proof_tries integer NOT NULL DEFAULT 0,
  verified_at timestamptz,
  -- When it is asked again in silence, where its kind allows.
  reverify_at timestamptz,
  disabled_at timestamptz,
  disabled_reason text CHECK (length(disabled_reason) <= 200),
  last_attempt_at timestamptz,
  last_outcome text CHECK (last_outcome IN ('sent', 'retryable', 'permanent')),
  last_answer text CHECK (length(last_answer) <= 500),
  failures_in_a_row integer NOT NULL DEFAULT 0,
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((state = 'disabled') = (disabled_at IS NOT NULL))
);
CREATE INDEX sink_by_tenant ON sink (tenant_id);
CREATE UNIQUE INDEX sink_one_default ON sink (tenant_id) WHERE is_default;

-- Severity × endpoints × hours → sinks. A tenant without rules gets the default: everything to its default sink.
CREATE TABLE alert_rule (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  -- Order of showing; every rule that matches counts.
  position integer NOT NULL,
  is_enabled boolean NOT NULL DEFAULT true,
  severities text[] NOT NULL CHECK (severities <@ ARRAY['P1', 'P2', 'P3', 'P4'] AND cardinality(severities) > 0),
  -- `services/core/src/alert-rule.ts` reads these two; null hours: always.
  scope jsonb NOT NULL,
  hours jsonb,
  sink_ids uuid[] NOT NULL DEFAULT '{}' CHECK (cardinality(sink_ids) <= 50),
  escalation_policy_id uuid REFERENCES escalation_policy (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_rule_by_tenant ON alert_rule (tenant_id, position);

CREATE TABLE maintenance_window (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  scope jsonb NOT NULL,
  -- The first (or only) time.
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '7 days'),
  -- Null: once. `services/core/src/maintenance.ts` reads it.
  recurrence jsonb,
  -- Shown on the public pages of the tenant's own endpoints.
  is_public boolean NOT NULL DEFAULT true,
  note text CHECK (length(note) <= 1000),
  created_by text NOT NULL CHECK (length(created_by) <= 200),
  created_at timestamptz NOT NULL DEFAULT now(),
  cancelled_at timestamptz
);
CREATE INDEX maintenance_window_by_tenant ON maintenance_window (tenant_id, starts_at);

-- Why somebody was, or was not, told: one row per alert and sink, or per alert when no sink came into question.
CREATE TABLE alert_decision (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  endpoint_id uuid REFERENCES endpoints (id) ON DELETE CASCADE,
  incident_tenant_id uuid REFERENCES incident_tenant (id) ON DELETE CASCADE,
  -- Names the alert within the tenant: deciding it twice adds nothing.
  alert_key text NOT NULL CHECK (length(alert_key) <= 200),
  event text NOT NULL CHECK (length(event) <= 40),
  severity text NOT NULL CHECK (severity IN ('P1', 'P2', 'P3', 'P4')),
  sink_id uuid REFERENCES sink (id) ON DELETE CASCADE,
  rule_id uuid REFERENCES alert_rule (id) ON DELETE SET NULL,
  verdict text NOT NULL CHECK (verdict IN ('send', 'fold', 'mute', 'skip')),
  reason text NOT NULL CHECK (length(reason) <= 60),
  facts jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT alert_decision_once UNIQUE NULLS NOT DISTINCT (tenant_id, alert_key, sink_id)
);
CREATE INDEX alert_decision_newest ON alert_decision (tenant_id, at DESC, id DESC);
CREATE INDEX alert_decision_by_incident ON alert_decision (incident_tenant_id, at);

-- One message to one sink. The row is the promise; the queue only makes it fast.
CREATE TABLE delivery (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  sink_id uuid NOT NULL REFERENCES sink (id) ON DELETE CASCADE,
  incident_tenant_id uuid REFERENCES incident_tenant (id) ON DELETE CASCADE,
  endpoint_id uuid REFERENCES endpoints (id) ON DELETE CASCADE,
  alert_key text NOT NULL CHECK (length(alert_key) <= 200),
  dedup_key text NOT NULL CHECK (length(dedup_key) <= 200),
  event text NOT NULL CHECK (length(event) <= 40),
  severity text CHECK (severity IN ('P1', 'P2', 'P3', 'P4')),
  -- An AlertMessage of core, whole: rendering it again gives the same.
  message jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'folded', 'cancelled')),
  -- Why it is in that state, from a list of ours.
  reason text CHECK (length(reason) <= 60),
  -- 1 goes first.
  priority integer NOT NULL DEFAULT 100 CHECK (priority > 0),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  -- After this it is given up and shown as failed.
  deadline_at timestamptz NOT NULL,
  leased_until timestamptz,
  leased_by text CHECK (length(leased_by) <= 100),
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  -- The digest that tells of it, when it was folded.
  digest_id uuid REFERENCES delivery (id) ON DELETE SET NULL,
  -- The delivery whose message somebody asked to send again.
  resend_of uuid REFERENCES delivery (id) ON DELETE SET NULL,
  -- It could not be delivered in 10 minutes and went to the tenant's other sinks.
  escalated_at timestamptz,
  CONSTRAINT delivery_once UNIQUE (sink_id, alert_key)
);
CREATE INDEX delivery_due ON delivery (due_at) WHERE state = 'pending';
CREATE INDEX delivery_newest ON delivery (tenant_id, created_at DESC, id);
CREATE INDEX delivery_by_sink ON delivery (sink_id, created_at DESC);
CREATE INDEX delivery_by_thread ON delivery (sink_id, dedup_key, created_at) WHERE state = 'pending';
CREATE INDEX delivery_to_fold ON delivery (tenant_id, sink_id) WHERE state = 'folded' AND digest_id IS NULL;

CREATE TABLE delivery_attempt (
  delivery_id uuid NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
  n integer NOT NULL CHECK (n > 0),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  at timestamptz NOT NULL,
  outcome text NOT NULL CHECK (outcome IN ('sent', 'retryable', 'permanent')),
  -- From a list of ours.
  reason text CHECK (length(reason) <= 60),
  status integer,
  -- What it answered, cut and without secrets.
  answer text CHECK (length(answer) <= 500),
  duration_ms integer NOT NULL CHECK (duration_ms >= 0),
  retry_at timestamptz,
  PRIMARY KEY (delivery_id, n)
);

-- What a sink calls the message of an incident, to edit it or to answer in its thread.
CREATE TABLE sink_thread (
  sink_id uuid NOT NULL REFERENCES sink (id) ON DELETE CASCADE,
  dedup_key text NOT NULL CHECK (length(dedup_key) <= 200),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  ref jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sink_id, dedup_key)
);

-- Drift that the archiver found is the router's to tell; null: not decided yet.
ALTER TABLE drift_event ADD COLUMN alerted_at timestamptz;
UPDATE drift_event SET alerted_at = now();
CREATE INDEX drift_event_to_alert ON drift_event (at) WHERE alerted_at IS NULL;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['incident', 'incident_group', 'suppression_cluster', 'escalation_policy', 'incident_tenant',
    'incident_event', 'incident_update', 'sink', 'alert_rule', 'maintenance_window', 'alert_decision', 'delivery',
    'delivery_attempt', 'sink_thread'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', name);
    EXECUTE format('CREATE POLICY system_all ON %I TO alivemcp_system USING (true)', name);
    EXECUTE format('CREATE POLICY operator_all ON %I FOR SELECT TO alivemcp_operator USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_system', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['incident_group', 'escalation_policy', 'incident_tenant', 'sink', 'alert_rule',
    'maintenance_window', 'alert_decision', 'delivery', 'delivery_attempt', 'sink_thread'] LOOP
    EXECUTE format('CREATE POLICY app_own ON %I TO alivemcp_app '
      'USING (tenant_id = (SELECT current_tenant_id()))', name);
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_app', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['incident', 'incident_group', 'suppression_cluster', 'escalation_policy',
    'incident_tenant', 'incident_event', 'incident_update', 'alert_rule', 'maintenance_window', 'alert_decision',
    'delivery', 'delivery_attempt'] LOOP
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_operator', name);
  END LOOP;
END $$;
-- Operators see that a sink is there and how it does, not what opens it.
GRANT SELECT (id, tenant_id, kind, name, state, shown, is_default, verified_at, disabled_at, disabled_reason,
  last_attempt_at, last_outcome, failures_in_a_row, created_at) ON sink TO alivemcp_operator;

CREATE POLICY app_visible ON incident FOR SELECT TO alivemcp_app USING (
  (simulated_for IS NULL OR simulated_for = (SELECT current_tenant_id()))
  AND endpoint_id IN (SELECT v.id FROM visible_endpoints() v));
CREATE POLICY app_simulates ON incident FOR INSERT TO alivemcp_app WITH CHECK (
  simulated_for = (SELECT current_tenant_id()) AND endpoint_id IN (SELECT v.id FROM visible_endpoints() v));
GRANT SELECT, INSERT ON incident TO alivemcp_app;

CREATE POLICY app_visible ON incident_event FOR SELECT TO alivemcp_app USING (
  (tenant_id IS NULL OR tenant_id = (SELECT current_tenant_id()))
  AND incident_id IN (SELECT i.id FROM incident i));
CREATE POLICY app_own ON incident_event FOR INSERT TO alivemcp_app WITH CHECK (
  tenant_id = (SELECT current_tenant_id()) AND incident_id IN (SELECT i.id FROM incident i));
GRANT SELECT, INSERT ON incident_event TO alivemcp_app;

-- Followers read what the owner wrote; only the owner of the endpoint writes.
CREATE POLICY app_visible ON incident_update FOR SELECT TO alivemcp_app USING (
  incident_id IN (SELECT i.id FROM incident i));
CREATE POLICY app_own ON incident_update FOR INSERT TO alivemcp_app WITH CHECK (
  tenant_id = (SELECT current_tenant_id())
  AND incident_id IN (SELECT i.id FROM incident i JOIN endpoints e ON e.id = i.endpoint_id
    WHERE e.tenant_id = (SELECT current_tenant_id())));
GRANT SELECT, INSERT ON incident_update TO alivemcp_app;

GRANT UPDATE (acknowledged_at, acknowledged_by, muted_until, muted_by, wake_at) ON incident_tenant TO alivemcp_app;
GRANT INSERT, UPDATE, DELETE ON sink, alert_rule, escalation_policy, maintenance_window TO alivemcp_app;
-- Tests of a sink, and messages sent again.
GRANT INSERT ON delivery TO alivemcp_app;
GRANT UPDATE (state, reason, settled_at) ON delivery TO alivemcp_app;

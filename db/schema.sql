-- Written by `npm run db:dump`; do not edit.

CREATE OR REPLACE FUNCTION public.board_endpoint_at(wanted_url text)
 RETURNS TABLE(id uuid, slug text, standing text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT e.id, e.slug, e.standing FROM endpoints e
    WHERE e.normalized_url = wanted_url AND e.visibility = 'public'
  $function$
;
GRANT EXECUTE ON board_endpoint_at(text) TO alivemcp_app;
GRANT EXECUTE ON board_endpoint_at(text) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.bump_config_version()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$
;

CREATE OR REPLACE FUNCTION public.current_tenant_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $function$
;
GRANT EXECUTE ON current_tenant_id() TO alivemcp_app;

CREATE OR REPLACE FUNCTION public.delete_excess_endpoints(limit_count integer)
 RETURNS TABLE(endpoint_id uuid, tenant_id uuid, slug text)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    DELETE FROM endpoints e WHERE e.id IN (
      SELECT x.id FROM endpoints x JOIN tenants t ON t.id = x.tenant_id
      WHERE x.paused_reason = 'plan' AND x.paused_at <= now() - interval '30 days' AND t.kind = 'customer'
        AND t.deletion_due_at IS NULL
      ORDER BY x.paused_at LIMIT limit_count)
    RETURNING e.id, e.tenant_id, e.slug
  $function$
;
GRANT EXECUTE ON delete_excess_endpoints(integer) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.detach_followers()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO notice (tenant_id, kind, facts)
  SELECT f.tenant_id,
    CASE TG_OP WHEN 'DELETE' THEN 'followed-endpoint-deleted' ELSE 'followed-endpoint-hidden' END,
    jsonb_build_object('name', OLD.name, 'slug', OLD.slug)
  FROM follow f WHERE f.endpoint_id = OLD.id AND f.tenant_id <> OLD.tenant_id;
  IF TG_OP = 'DELETE' THEN
    -- The rows of `follow` go with the endpoint.
    RETURN OLD;
  END IF;
  DELETE FROM follow f WHERE f.endpoint_id = OLD.id;
  RETURN NULL;
END $function$
;

CREATE OR REPLACE FUNCTION public.drop_expired_probe_partitions(base_table text, class text, keep_from_at timestamp with time zone, is_dry_run boolean)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '2s'
AS $function$
DECLARE
  leaf record;
BEGIN
  IF base_table NOT IN ('probe_minute', 'probe_evidence') OR class !~ '^[a-z]+$'
     OR keep_from_at > now() - interval '6 days' THEN
    RAISE EXCEPTION 'drop_expired_probe_partitions refuses %, %, before %', base_table, class, keep_from_at;
  END IF;
  FOR leaf IN
    SELECT c.relname AS name,
      (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz AS upper_at
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(base_table || '_' || class)
    ORDER BY c.relname
  LOOP
    CONTINUE WHEN leaf.upper_at IS NULL OR leaf.upper_at > keep_from_at;
    IF NOT is_dry_run THEN
      EXECUTE format('DROP TABLE %I', leaf.name);
    END IF;
    RETURN NEXT leaf.name;
  END LOOP;
END $function$
;
GRANT EXECUTE ON drop_expired_probe_partitions(text,text,timestamp with time zone,boolean) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.end_sessions_of_member(person uuid)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE ended integer;
BEGIN
  DELETE FROM sessions s WHERE s.user_id = person
    AND EXISTS (SELECT FROM members m WHERE m.user_id = person AND m.tenant_id = current_tenant_id());
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $function$
;
GRANT EXECUTE ON end_sessions_of_member(uuid) TO alivemcp_app;

CREATE OR REPLACE FUNCTION public.erasable_persons(limit_count integer)
 RETURNS TABLE(user_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT u.id FROM users u
    WHERE u.deletion_requested_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM members m WHERE m.user_id = u.id AND m.role = 'owner')
    ORDER BY u.deletion_requested_at LIMIT limit_count
  $function$
;
GRANT EXECUTE ON erasable_persons(integer) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.erase_person(wanted uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE address text;
BEGIN
  PERFORM require_erasable_person(wanted);
  SELECT u.email INTO address FROM users u WHERE u.id = wanted;
  DELETE FROM verifications v
  WHERE strpos(v.identifier, wanted::text) > 0 OR strpos(v.value, wanted::text) > 0
    OR strpos(lower(v.identifier), address) > 0 OR strpos(lower(v.value), address) > 0;
  DELETE FROM invitations i WHERE i.email = address;
  UPDATE drift_event d SET accepted_by = 'a former member' WHERE strpos(d.accepted_by, wanted::text) > 0;
  UPDATE release_window r SET announced_by = 'a former member' WHERE strpos(r.announced_by, wanted::text) > 0;
  DELETE FROM users u WHERE u.id = wanted;
END $function$
;
GRANT EXECUTE ON erase_person(uuid) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.erase_person_rows(wanted uuid, table_name text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE erased integer;
BEGIN
  PERFORM require_erasable_person(wanted);
  EXECUTE format('DELETE FROM %I WHERE user_id = $1', table_name) USING wanted;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $function$
;
GRANT EXECUTE ON erase_person_rows(uuid,text) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.erase_tenant(wanted uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM require_due_tenant(wanted);
  DELETE FROM tenants t WHERE t.id = wanted;
END $function$
;
GRANT EXECUTE ON erase_tenant(uuid) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.erase_tenant_rows(wanted uuid, table_name text, limit_count integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE erased integer;
BEGIN
  PERFORM require_due_tenant(wanted);
  IF table_name = 'audit_log' THEN
    RAISE EXCEPTION 'the audit log is append-only';
  ELSIF table_name = 'members' THEN
    DELETE FROM sessions s USING members m
    WHERE m.tenant_id = wanted AND s.user_id = m.user_id
      AND NOT EXISTS (SELECT FROM members o WHERE o.user_id = m.user_id AND o.tenant_id <> wanted);
  END IF;
  EXECUTE format(
    'DELETE FROM %I WHERE ctid = ANY(ARRAY(SELECT ctid FROM %I WHERE tenant_id = $1 LIMIT $2))', table_name, table_name)
    USING wanted, limit_count;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $function$
;
GRANT EXECUTE ON erase_tenant_rows(uuid,text,integer) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.keep_threads_of_endpoint()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO orphaned_thread (dedup_key, tenant_id, endpoint_name, endpoint_slug, severity, started_at, is_simulated, sink_ids)
  SELECT it.id, it.tenant_id, OLD.name, OLD.slug, i.severity, i.started_at, i.simulated_for IS NOT NULL,
    array_agg(DISTINCT d.sink_id)
  FROM incident i
  JOIN incident_tenant it ON it.incident_id = i.id
  JOIN tenants t ON t.id = it.tenant_id AND t.deletion_due_at IS NULL
  JOIN delivery d ON d.incident_tenant_id = it.id AND (d.state = 'sent' OR d.attempts > 0)
  WHERE i.endpoint_id = OLD.id AND i.resolved_at IS NULL
  GROUP BY it.id, it.tenant_id, i.id
  ON CONFLICT (dedup_key) DO NOTHING;
  RETURN OLD;
END $function$
;

CREATE OR REPLACE FUNCTION public.make_probe_partitions(base_table text, class text, unit text, from_at timestamp with time zone, through_at timestamp with time zone)
 RETURNS SETOF text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
  class_table text := base_table || '_' || class;
  leaf text;
  lower_at timestamptz;
  step interval := ('1 ' || unit)::interval;
BEGIN
  IF base_table NOT IN ('probe_minute', 'probe_evidence') OR unit NOT IN ('day', 'month')
     OR class !~ '^[a-z]+$' OR through_at - from_at > interval '500 days' THEN
    RAISE EXCEPTION 'make_probe_partitions refuses %, %, %, % to %', base_table, class, unit, from_at, through_at;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('probe_partitions'));
  FOR lower_at IN SELECT generate_series(date_trunc(unit, from_at), through_at, step) LOOP
    leaf := class_table || to_char(lower_at, CASE unit WHEN 'day' THEN '_YYYYMMDD' ELSE '_YYYYMM' END);
    CONTINUE WHEN to_regclass(leaf) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
      leaf, class_table, lower_at, lower_at + step);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', leaf);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', leaf);
    RETURN NEXT leaf;
  END LOOP;
END $function$
;
GRANT EXECUTE ON make_probe_partitions(text,text,text,timestamp with time zone,timestamp with time zone) TO alivemcp_system;

CREATE OR REPLACE FUNCTION public.queue_endpoint_erasure()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO endpoint_erasure (endpoint_id, endpoint_number) VALUES (OLD.id, OLD.number)
  ON CONFLICT (endpoint_id) DO NOTHING;
  RETURN NULL;
END $function$
;

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $function$
;

CREATE OR REPLACE FUNCTION public.require_due_tenant(wanted uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM FROM tenants t WHERE t.id = wanted AND t.kind = 'customer' AND t.deletion_due_at <= now() FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the deletion of this tenant is not due';
  END IF;
END $function$
;

CREATE OR REPLACE FUNCTION public.require_erasable_person(wanted uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  PERFORM FROM users u WHERE u.id = wanted AND u.deletion_requested_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM members m WHERE m.user_id = u.id AND m.role = 'owner') FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this person did not ask to be erased, or owns a workspace';
  END IF;
END $function$
;

CREATE OR REPLACE FUNCTION public.retire_slug()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO retired_slug (slug, tenant_id, endpoint_id)
    VALUES (OLD.slug, OLD.tenant_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.id END)
    ON CONFLICT (slug) DO UPDATE
      SET tenant_id = excluded.tenant_id, endpoint_id = excluded.endpoint_id, retired_at = now();
  END IF;
  IF TG_OP <> 'DELETE' THEN
    DELETE FROM retired_slug r
    WHERE r.slug = NEW.slug AND r.tenant_id = NEW.tenant_id AND (r.endpoint_id IS NULL OR r.endpoint_id = NEW.id);
    IF EXISTS (SELECT FROM retired_slug r WHERE r.slug = NEW.slug) THEN
      RAISE unique_violation USING MESSAGE = 'this slug belonged to another endpoint', CONSTRAINT = 'retired_slug_pkey';
    END IF;
  END IF;
  RETURN NULL;
END $function$
;

CREATE OR REPLACE FUNCTION public.take_over_endpoint(wanted uuid, new_retention_class text, new_cadence_s integer)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE listed endpoints%ROWTYPE;
BEGIN
  SELECT * INTO listed FROM endpoints e WHERE e.id = wanted AND e.visibility = 'public' FOR UPDATE;
  IF NOT FOUND OR current_tenant_id() IS NULL THEN
    RETURN 'not-found';
  ELSIF listed.standing <> 'unclaimed' THEN
    RETURN 'claimed-already';
  ELSIF NOT EXISTS (
    SELECT FROM endpoint_claim c WHERE c.endpoint_id = wanted AND c.tenant_id = current_tenant_id()
      AND c.proven_at > now() - interval '1 hour') THEN
    RETURN 'unproven';
  ELSIF EXISTS (
    SELECT FROM endpoints e WHERE e.tenant_id = current_tenant_id() AND e.normalized_url = listed.normalized_url) THEN
    RETURN 'watched-already';
  END IF;
  DELETE FROM follow f WHERE f.endpoint_id = wanted AND f.tenant_id = current_tenant_id();
  UPDATE endpoints SET tenant_id = current_tenant_id(), standing = 'claimed', retention_class = new_retention_class,
    cadence_s = new_cadence_s WHERE id = wanted;
  UPDATE retired_slug SET tenant_id = current_tenant_id() WHERE endpoint_id = wanted;
  RETURN 'taken';
END $function$
;
GRANT EXECUTE ON take_over_endpoint(uuid,text,integer) TO alivemcp_app;

CREATE OR REPLACE FUNCTION public.take_slug(wanted text, for_endpoint uuid, held text DEFAULT NULL::text)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE one text;
BEGIN
  FOR one IN SELECT s FROM unnest(ARRAY[wanted, held]) s WHERE s IS NOT NULL ORDER BY s LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('slug:' || one, 0));
  END LOOP;
  RETURN NOT EXISTS (SELECT FROM endpoints e WHERE e.slug = wanted AND e.id IS DISTINCT FROM for_endpoint)
    AND NOT EXISTS (
      SELECT FROM retired_slug r
      WHERE r.slug = wanted AND NOT coalesce(
        r.tenant_id = current_tenant_id() AND (r.endpoint_id IS NULL OR r.endpoint_id = for_endpoint), false));
END $function$
;
GRANT EXECUTE ON take_slug(text,uuid,text) TO alivemcp_app;

CREATE OR REPLACE FUNCTION public.touch_followed_endpoint()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
BEGIN
  UPDATE endpoints SET updated_at = now() WHERE id IN (OLD.endpoint_id, NEW.endpoint_id);
  RETURN NULL;
END $function$
;

CREATE OR REPLACE FUNCTION public.touch_tenant()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $function$
;

CREATE OR REPLACE FUNCTION public.vault_tenants(after_id uuid, limit_count integer)
 RETURNS TABLE(tenant_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT DISTINCT k.tenant_id FROM tenant_data_key k
    WHERE after_id IS NULL OR k.tenant_id > after_id
    ORDER BY k.tenant_id LIMIT limit_count
  $function$
;
GRANT EXECUTE ON vault_tenants(uuid,integer) TO alivemcp_app;

CREATE OR REPLACE FUNCTION public.visible_endpoints()
 RETURNS TABLE(id uuid, number integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
    SELECT e.id, e.number FROM endpoints e WHERE e.tenant_id = current_tenant_id()
    UNION ALL
    SELECT e.id, e.number FROM follow f JOIN endpoints e ON e.id = f.endpoint_id
    WHERE f.tenant_id = current_tenant_id() AND e.tenant_id <> f.tenant_id AND e.visibility = 'public'
  $function$
;
GRANT EXECUTE ON visible_endpoints() TO alivemcp_app;

CREATE OR REPLACE FUNCTION public.wake_on_answer()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.wake_at := least(NEW.wake_at, now());
  RETURN NEW;
END $function$
;

CREATE TABLE accounts (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  provider_id text NOT NULL,
  account_id text NOT NULL,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE accounts ADD CONSTRAINT accounts_account_id_check CHECK ((length(account_id) <= 200));
ALTER TABLE accounts ADD CONSTRAINT accounts_password_check CHECK ((length(password) <= 500));
ALTER TABLE accounts ADD CONSTRAINT accounts_provider_id_check CHECK ((length(provider_id) <= 50));
ALTER TABLE accounts ADD CONSTRAINT accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE accounts ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE accounts ADD CONSTRAINT accounts_one_owner UNIQUE (provider_id, account_id);
CREATE INDEX accounts_by_user ON public.accounts USING btree (user_id);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY identity_all ON accounts FOR ALL TO alivemcp_identity USING true;
CREATE POLICY owner_all ON accounts FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON accounts TO alivemcp_identity;

CREATE TABLE alert_decision (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  tenant_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  endpoint_id uuid,
  incident_tenant_id uuid,
  alert_key text NOT NULL,
  event text NOT NULL,
  severity text NOT NULL,
  sink_id uuid,
  rule_id uuid,
  verdict text NOT NULL,
  reason text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}'::jsonb
);
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_alert_key_check CHECK ((length(alert_key) <= 200));
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_event_check CHECK ((length(event) <= 40));
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_reason_check CHECK ((length(reason) <= 60));
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_severity_check CHECK ((severity = ANY (ARRAY['P1'::text, 'P2'::text, 'P3'::text, 'P4'::text])));
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_verdict_check CHECK ((verdict = ANY (ARRAY['send'::text, 'fold'::text, 'mute'::text, 'skip'::text])));
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_incident_tenant_id_fkey FOREIGN KEY (incident_tenant_id) REFERENCES incident_tenant(id) ON DELETE CASCADE;
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alert_rule(id) ON DELETE SET NULL;
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_sink_id_fkey FOREIGN KEY (sink_id) REFERENCES sink(id) ON DELETE CASCADE;
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_pkey PRIMARY KEY (id);
ALTER TABLE alert_decision ADD CONSTRAINT alert_decision_once UNIQUE NULLS NOT DISTINCT (tenant_id, alert_key, sink_id);
CREATE INDEX alert_decision_by_age ON public.alert_decision USING btree (at);
CREATE INDEX alert_decision_by_incident ON public.alert_decision USING btree (incident_tenant_id, at);
CREATE INDEX alert_decision_newest ON public.alert_decision USING btree (tenant_id, at DESC, id DESC);
ALTER TABLE alert_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON alert_decision FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON alert_decision FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON alert_decision FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON alert_decision FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON alert_decision TO alivemcp_system;
GRANT SELECT ON alert_decision TO alivemcp_app;
GRANT SELECT ON alert_decision TO alivemcp_operator;

CREATE TABLE alert_rule (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  "position" integer NOT NULL,
  is_enabled boolean NOT NULL DEFAULT true,
  severities text[] NOT NULL,
  scope jsonb NOT NULL,
  hours jsonb,
  sink_ids uuid[] NOT NULL DEFAULT '{}'::uuid[],
  escalation_policy_id uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_severities_check CHECK (((severities <@ ARRAY['P1'::text, 'P2'::text, 'P3'::text, 'P4'::text]) AND (cardinality(severities) > 0)));
ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_sink_ids_check CHECK ((cardinality(sink_ids) <= 50));
ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_escalation_policy_id_fkey FOREIGN KEY (escalation_policy_id) REFERENCES escalation_policy(id) ON DELETE SET NULL;
ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_pkey PRIMARY KEY (id);
CREATE INDEX alert_rule_by_tenant ON public.alert_rule USING btree (tenant_id, "position");
ALTER TABLE alert_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON alert_rule FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON alert_rule FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON alert_rule FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON alert_rule FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON alert_rule TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON alert_rule TO alivemcp_system;
GRANT SELECT ON alert_rule TO alivemcp_operator;

CREATE TABLE api_keys (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  prefix text NOT NULL,
  secret_hash text NOT NULL,
  name text NOT NULL,
  scopes text[] NOT NULL,
  created_by uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_prefix_check CHECK ((prefix ~ '^[0-9A-Za-z]{8}$'::text));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_scopes_check CHECK (((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 32)));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_secret_hash_check CHECK ((secret_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE api_keys ADD CONSTRAINT api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_prefix_key UNIQUE (prefix);
CREATE INDEX api_keys_by_tenant ON public.api_keys USING btree (tenant_id);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON api_keys FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY identity_all ON api_keys FOR ALL TO alivemcp_identity USING true;
CREATE POLICY owner_all ON api_keys FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON api_keys TO alivemcp_app;
GRANT SELECT ON api_keys TO alivemcp_identity;
GRANT UPDATE (last_used_at) ON api_keys TO alivemcp_identity;

CREATE TABLE audit_log (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at timestamp with time zone NOT NULL DEFAULT now(),
  tenant_id uuid,
  actor_kind text NOT NULL,
  actor_id text,
  action text NOT NULL,
  target_kind text NOT NULL,
  target_id text,
  reason text,
  from_address text,
  request_id text,
  content_hash text
);
ALTER TABLE audit_log ADD CONSTRAINT audit_log_action_check CHECK ((length(action) <= 100));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_id_check CHECK ((length(actor_id) <= 100));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['member'::text, 'api-key'::text, 'operator'::text, 'system'::text, 'user'::text])));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_content_hash_check CHECK ((content_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_from_address_check CHECK ((length(from_address) <= 100));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_reason_check CHECK ((length(reason) <= 500));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_request_id_check CHECK ((length(request_id) <= 300));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_target_id_check CHECK ((length(target_id) <= 200));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_target_kind_check CHECK ((length(target_kind) <= 50));
ALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);
CREATE INDEX audit_log_by_tenant ON public.audit_log USING btree (tenant_id, id DESC);
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_log_never_truncated BEFORE TRUNCATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON audit_log FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY identity_own ON audit_log FOR ALL TO alivemcp_identity USING (tenant_id IS NULL);
CREATE POLICY operator_all ON audit_log FOR ALL TO alivemcp_operator USING true;
CREATE POLICY owner_all ON audit_log FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_insert ON audit_log FOR INSERT TO alivemcp_system WITH CHECK true;
GRANT INSERT ON audit_log TO alivemcp_system;
GRANT INSERT, SELECT ON audit_log TO alivemcp_app;
GRANT INSERT, SELECT ON audit_log TO alivemcp_identity;
GRANT INSERT, SELECT ON audit_log TO alivemcp_operator;

CREATE TABLE burn_rate (
  endpoint_id uuid NOT NULL,
  pace text NOT NULL,
  since timestamp with time zone NOT NULL,
  held_at timestamp with time zone NOT NULL
);
ALTER TABLE burn_rate ADD CONSTRAINT burn_rate_pace_check CHECK ((pace = ANY (ARRAY['fast'::text, 'steady'::text, 'slow'::text])));
ALTER TABLE burn_rate ADD CONSTRAINT burn_rate_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE burn_rate ADD CONSTRAINT burn_rate_pkey PRIMARY KEY (endpoint_id);
ALTER TABLE burn_rate ENABLE ROW LEVEL SECURITY;
ALTER TABLE burn_rate FORCE ROW LEVEL SECURITY;
CREATE POLICY operator_all ON burn_rate FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON burn_rate FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON burn_rate FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON burn_rate TO alivemcp_system;
GRANT SELECT ON burn_rate TO alivemcp_operator;

CREATE TABLE consumer_fence (
  consumer_group text NOT NULL,
  shard text NOT NULL,
  fence bigint NOT NULL,
  watermark_at timestamp with time zone,
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE consumer_fence ADD CONSTRAINT consumer_fence_shard_check CHECK ((shard ~ '^s[0-9]{2}$'::text));
ALTER TABLE consumer_fence ADD CONSTRAINT consumer_fence_pkey PRIMARY KEY (consumer_group, shard);
ALTER TABLE consumer_fence ENABLE ROW LEVEL SECURITY;
ALTER TABLE consumer_fence FORCE ROW LEVEL SECURITY;
CREATE POLICY operator_all ON consumer_fence FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON consumer_fence FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON consumer_fence FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON consumer_fence TO alivemcp_system;
GRANT SELECT ON consumer_fence TO alivemcp_operator;

CREATE TABLE delivery (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  sink_id uuid NOT NULL,
  incident_tenant_id uuid,
  endpoint_id uuid,
  alert_key text NOT NULL,
  dedup_key text NOT NULL,
  event text NOT NULL,
  severity text,
  message jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending'::text,
  reason text,
  priority integer NOT NULL DEFAULT 100,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamp with time zone NOT NULL,
  deadline_at timestamp with time zone NOT NULL,
  leased_until timestamp with time zone,
  leased_by text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone,
  digest_id uuid,
  resend_of uuid,
  escalated_at timestamp with time zone,
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  detour_of uuid
);
ALTER TABLE delivery ADD CONSTRAINT delivery_alert_key_check CHECK ((length(alert_key) <= 200));
ALTER TABLE delivery ADD CONSTRAINT delivery_dedup_key_check CHECK ((length(dedup_key) <= 200));
ALTER TABLE delivery ADD CONSTRAINT delivery_event_check CHECK ((length(event) <= 40));
ALTER TABLE delivery ADD CONSTRAINT delivery_leased_by_check CHECK ((length(leased_by) <= 100));
ALTER TABLE delivery ADD CONSTRAINT delivery_priority_check CHECK ((priority > 0));
ALTER TABLE delivery ADD CONSTRAINT delivery_reason_check CHECK ((length(reason) <= 60));
ALTER TABLE delivery ADD CONSTRAINT delivery_severity_check CHECK ((severity = ANY (ARRAY['P1'::text, 'P2'::text, 'P3'::text, 'P4'::text])));
ALTER TABLE delivery ADD CONSTRAINT delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'folded'::text, 'cancelled'::text])));
ALTER TABLE delivery ADD CONSTRAINT delivery_detour_of_fkey FOREIGN KEY (detour_of) REFERENCES delivery(id) ON DELETE SET NULL;
ALTER TABLE delivery ADD CONSTRAINT delivery_digest_id_fkey FOREIGN KEY (digest_id) REFERENCES delivery(id) ON DELETE SET NULL;
ALTER TABLE delivery ADD CONSTRAINT delivery_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE delivery ADD CONSTRAINT delivery_incident_tenant_id_fkey FOREIGN KEY (incident_tenant_id) REFERENCES incident_tenant(id) ON DELETE CASCADE;
ALTER TABLE delivery ADD CONSTRAINT delivery_resend_of_fkey FOREIGN KEY (resend_of) REFERENCES delivery(id) ON DELETE SET NULL;
ALTER TABLE delivery ADD CONSTRAINT delivery_sink_id_fkey FOREIGN KEY (sink_id) REFERENCES sink(id) ON DELETE CASCADE;
ALTER TABLE delivery ADD CONSTRAINT delivery_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE delivery ADD CONSTRAINT delivery_pkey PRIMARY KEY (id);
ALTER TABLE delivery ADD CONSTRAINT delivery_once UNIQUE (sink_id, alert_key);
CREATE INDEX delivery_by_age ON public.delivery USING btree (created_at);
CREATE INDEX delivery_by_incident ON public.delivery USING btree (incident_tenant_id, created_at) WHERE (incident_tenant_id IS NOT NULL);
CREATE INDEX delivery_by_sink ON public.delivery USING btree (sink_id, created_at DESC);
CREATE INDEX delivery_by_thread ON public.delivery USING btree (sink_id, dedup_key, seq);
CREATE INDEX delivery_due ON public.delivery USING btree (due_at) WHERE (state = 'pending'::text);
CREATE INDEX delivery_leased ON public.delivery USING btree (sink_id) WHERE ((state = 'pending'::text) AND (leased_until IS NOT NULL));
CREATE INDEX delivery_leased_of_tenant ON public.delivery USING btree (tenant_id) WHERE ((state = 'pending'::text) AND (leased_until IS NOT NULL));
CREATE INDEX delivery_newest ON public.delivery USING btree (tenant_id, created_at DESC, id);
CREATE INDEX delivery_to_escalate ON public.delivery USING btree (created_at) WHERE ((state = 'pending'::text) AND (escalated_at IS NULL) AND (detour_of IS NULL) AND (event = ANY (ARRAY['incident.opened'::text, 'incident.updated'::text])));
CREATE INDEX delivery_to_fold ON public.delivery USING btree (tenant_id, sink_id) WHERE ((state = 'folded'::text) AND (digest_id IS NULL));
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON delivery FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON delivery FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON delivery FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON delivery FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON delivery TO alivemcp_system;
GRANT INSERT, SELECT ON delivery TO alivemcp_app;
GRANT SELECT ON delivery TO alivemcp_operator;
GRANT UPDATE (state, reason, settled_at) ON delivery TO alivemcp_app;

CREATE TABLE delivery_attempt (
  delivery_id uuid NOT NULL,
  n integer NOT NULL,
  tenant_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  outcome text NOT NULL,
  reason text,
  status integer,
  answer text,
  duration_ms integer NOT NULL,
  retry_at timestamp with time zone
);
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_answer_check CHECK ((length(answer) <= 500));
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_duration_ms_check CHECK ((duration_ms >= 0));
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_n_check CHECK ((n > 0));
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'retryable'::text, 'permanent'::text])));
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_reason_check CHECK ((length(reason) <= 60));
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_delivery_id_fkey FOREIGN KEY (delivery_id) REFERENCES delivery(id) ON DELETE CASCADE;
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE delivery_attempt ADD CONSTRAINT delivery_attempt_pkey PRIMARY KEY (delivery_id, n);
CREATE INDEX delivery_attempt_by_time ON public.delivery_attempt USING btree (at);
ALTER TABLE delivery_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE delivery_attempt FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON delivery_attempt FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON delivery_attempt FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON delivery_attempt FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON delivery_attempt FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON delivery_attempt TO alivemcp_system;
GRANT SELECT ON delivery_attempt TO alivemcp_app;
GRANT SELECT ON delivery_attempt TO alivemcp_operator;

CREATE TABLE digest_mark (
  tenant_id uuid NOT NULL,
  weekly_due_at timestamp with time zone NOT NULL
);
ALTER TABLE digest_mark ADD CONSTRAINT digest_mark_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE digest_mark ADD CONSTRAINT digest_mark_pkey PRIMARY KEY (tenant_id);
ALTER TABLE digest_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE digest_mark FORCE ROW LEVEL SECURITY;
CREATE POLICY operator_all ON digest_mark FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON digest_mark FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON digest_mark FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON digest_mark TO alivemcp_system;
GRANT SELECT ON digest_mark TO alivemcp_operator;

CREATE TABLE drift_event (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL,
  region text,
  at timestamp with time zone NOT NULL,
  kind text NOT NULL,
  from_contract_hash text,
  from_full_hash text,
  to_contract_hash text,
  to_full_hash text,
  is_breaking boolean NOT NULL,
  is_suspicious boolean NOT NULL DEFAULT false,
  changes jsonb NOT NULL DEFAULT '[]'::jsonb,
  accepted_at timestamp with time zone,
  accepted_by text,
  release_window_id uuid,
  alerted_at timestamp with time zone
);
ALTER TABLE drift_event ADD CONSTRAINT drift_event_kind_check CHECK ((kind = ANY (ARRAY['drift'::text, 'inconsistent_replicas'::text, 'inconsistent_regions'::text, 'tool_list_emptied'::text])));
ALTER TABLE drift_event ADD CONSTRAINT drift_event_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE drift_event ADD CONSTRAINT drift_event_release_window_id_fkey FOREIGN KEY (release_window_id) REFERENCES release_window(id) ON DELETE SET NULL;
ALTER TABLE drift_event ADD CONSTRAINT drift_event_pkey PRIMARY KEY (id);
ALTER TABLE drift_event ADD CONSTRAINT drift_event_once UNIQUE NULLS NOT DISTINCT (endpoint_id, region, at, kind, to_full_hash);
CREATE INDEX drift_event_by_from ON public.drift_event USING btree (from_full_hash);
CREATE INDEX drift_event_by_release_window ON public.drift_event USING btree (release_window_id) WHERE (release_window_id IS NOT NULL);
CREATE INDEX drift_event_by_to ON public.drift_event USING btree (to_full_hash);
CREATE INDEX drift_event_newest ON public.drift_event USING btree (endpoint_id, at DESC);
CREATE INDEX drift_event_recent ON public.drift_event USING btree (at DESC);
CREATE INDEX drift_event_to_alert ON public.drift_event USING btree (at) WHERE (alerted_at IS NULL);
ALTER TABLE drift_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE drift_event FORCE ROW LEVEL SECURITY;
CREATE POLICY app_accept ON drift_event FOR UPDATE TO alivemcp_app USING (endpoint_id IN ( SELECT e.id
   FROM endpoints e
  WHERE (e.tenant_id = ( SELECT current_tenant_id() AS current_tenant_id))));
CREATE POLICY app_visible ON drift_event FOR SELECT TO alivemcp_app USING (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON drift_event FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON drift_event FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON drift_event FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON drift_event TO alivemcp_system;
GRANT SELECT ON drift_event TO alivemcp_app;
GRANT SELECT ON drift_event TO alivemcp_operator;
GRANT UPDATE (accepted_at, accepted_by) ON drift_event TO alivemcp_app;

CREATE TABLE endpoint_claim (
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  token text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  proven_at timestamp with time zone,
  method text
);
ALTER TABLE endpoint_claim ADD CONSTRAINT endpoint_claim_method_check CHECK ((method = ANY (ARRAY['dns'::text, 'file'::text, 'marker'::text])));
ALTER TABLE endpoint_claim ADD CONSTRAINT endpoint_claim_proven_by CHECK (((proven_at IS NULL) = (method IS NULL)));
ALTER TABLE endpoint_claim ADD CONSTRAINT endpoint_claim_token_check CHECK ((token ~ '^[0-9a-f]{32}$'::text));
ALTER TABLE endpoint_claim ADD CONSTRAINT endpoint_claim_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE endpoint_claim ADD CONSTRAINT endpoint_claim_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE endpoint_claim ADD CONSTRAINT endpoint_claim_pkey PRIMARY KEY (tenant_id, endpoint_id);
CREATE INDEX endpoint_claim_by_endpoint ON public.endpoint_claim USING btree (endpoint_id);
ALTER TABLE endpoint_claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_claim FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON endpoint_claim FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON endpoint_claim FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoint_claim FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT ON endpoint_claim TO alivemcp_app;
GRANT DELETE, SELECT ON endpoint_claim TO alivemcp_system;
GRANT UPDATE (proven_at, method) ON endpoint_claim TO alivemcp_app;

CREATE TABLE endpoint_credential (
  endpoint_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  version integer NOT NULL,
  kind text NOT NULL,
  data_key_version integer NOT NULL,
  sealed bytea NOT NULL,
  hints jsonb NOT NULL,
  expires_at timestamp with time zone,
  expiry_source text,
  created_by uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_check CHECK (((expires_at IS NULL) = (expiry_source IS NULL)));
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_expiry_source_check CHECK ((expiry_source = ANY (ARRAY['declared'::text, 'jwt'::text, 'token'::text])));
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_kind_check CHECK ((kind = ANY (ARRAY['bearer'::text, 'headers'::text, 'client_credentials'::text, 'connect'::text])));
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_sealed_check CHECK ((octet_length(sealed) <= 65536));
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_version_check CHECK ((version > 0));
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_endpoint_id_tenant_id_fkey FOREIGN KEY (endpoint_id, tenant_id) REFERENCES endpoints(id, tenant_id) ON DELETE CASCADE;
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_tenant_id_data_key_version_fkey FOREIGN KEY (tenant_id, data_key_version) REFERENCES tenant_data_key(tenant_id, version);
ALTER TABLE endpoint_credential ADD CONSTRAINT endpoint_credential_pkey PRIMARY KEY (endpoint_id);
CREATE INDEX endpoint_credential_by_data_key ON public.endpoint_credential USING btree (tenant_id, data_key_version);
CREATE INDEX endpoint_credential_by_expiry ON public.endpoint_credential USING btree (expires_at) WHERE (expires_at IS NOT NULL);
ALTER TABLE endpoint_credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_credential FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON endpoint_credential FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON endpoint_credential FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoint_credential FOR SELECT TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoint_credential TO alivemcp_app;
GRANT SELECT (endpoint_id, tenant_id, version, kind, expires_at, created_at) ON endpoint_credential TO alivemcp_system;

CREATE TABLE endpoint_erasure (
  endpoint_id uuid NOT NULL,
  endpoint_number integer NOT NULL,
  deleted_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE endpoint_erasure ADD CONSTRAINT endpoint_erasure_pkey PRIMARY KEY (endpoint_id);
CREATE INDEX endpoint_erasure_by_age ON public.endpoint_erasure USING btree (deleted_at);
ALTER TABLE endpoint_erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON endpoint_erasure FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoint_erasure FOR ALL TO alivemcp_system USING true;
GRANT DELETE, SELECT ON endpoint_erasure TO alivemcp_system;

CREATE TABLE endpoint_memory (
  endpoint_id uuid NOT NULL,
  era text,
  transport text,
  protocol_version text,
  server_name text,
  server_version text,
  baseline_contract_hash text,
  baseline_full_hash text,
  baseline_era text,
  baseline_at timestamp with time zone,
  is_tool_list_empty_at_baseline boolean NOT NULL DEFAULT false,
  tools_count integer,
  lints text[] NOT NULL DEFAULT '{}'::text[],
  tls_expires_at timestamp with time zone,
  is_slow boolean NOT NULL DEFAULT false,
  dead_since timestamp with time zone,
  retry_after_until timestamp with time zone,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  latency_ms_p95_of_7d integer,
  capability_lints text[] NOT NULL DEFAULT '{}'::text[],
  health_url_failed_at timestamp with time zone,
  capabilities_listed_at timestamp with time zone
);
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_baseline_contract_hash_check CHECK ((baseline_contract_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_baseline_era_check CHECK ((baseline_era = ANY (ARRAY['legacy'::text, 'modern'::text])));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_baseline_full_hash_check CHECK ((baseline_full_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_era_check CHECK ((era = ANY (ARRAY['legacy'::text, 'modern'::text])));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_latency_ms_p95_of_7d_check CHECK ((latency_ms_p95_of_7d >= 0));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_protocol_version_check CHECK ((length(protocol_version) <= 32));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_server_name_check CHECK ((length(server_name) <= 200));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_server_version_check CHECK ((length(server_version) <= 100));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_transport_check CHECK ((transport = ANY (ARRAY['http'::text, 'sse'::text])));
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE endpoint_memory ADD CONSTRAINT endpoint_memory_pkey PRIMARY KEY (endpoint_id);
CREATE INDEX endpoint_memory_by_baseline ON public.endpoint_memory USING btree (baseline_full_hash);
CREATE INDEX endpoint_memory_by_update ON public.endpoint_memory USING btree (updated_at);
CREATE INDEX endpoint_memory_dead ON public.endpoint_memory USING btree (endpoint_id) WHERE (dead_since IS NOT NULL);
ALTER TABLE endpoint_memory ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_memory FORCE ROW LEVEL SECURITY;
CREATE POLICY app_accept ON endpoint_memory FOR UPDATE TO alivemcp_app USING (endpoint_id IN ( SELECT e.id
   FROM endpoints e
  WHERE (e.tenant_id = ( SELECT current_tenant_id() AS current_tenant_id))));
CREATE POLICY app_visible ON endpoint_memory FOR SELECT TO alivemcp_app USING (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON endpoint_memory FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON endpoint_memory FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoint_memory FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoint_memory TO alivemcp_system;
GRANT SELECT ON endpoint_memory TO alivemcp_app;
GRANT SELECT ON endpoint_memory TO alivemcp_operator;
GRANT UPDATE (baseline_contract_hash, baseline_full_hash, baseline_era, baseline_at, is_tool_list_empty_at_baseline, updated_at) ON endpoint_memory TO alivemcp_app;

CREATE TABLE endpoint_oauth_token (
  endpoint_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  credential_version integer NOT NULL,
  data_key_version integer NOT NULL,
  access_sealed bytea,
  access_expires_at timestamp with time zone,
  obtained_at timestamp with time zone,
  refresh_sealed bytea,
  rejected_at timestamp with time zone,
  rejected_detail text,
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE endpoint_oauth_token ADD CONSTRAINT endpoint_oauth_token_access_sealed_check CHECK ((octet_length(access_sealed) <= 65536));
ALTER TABLE endpoint_oauth_token ADD CONSTRAINT endpoint_oauth_token_refresh_sealed_check CHECK ((octet_length(refresh_sealed) <= 65536));
ALTER TABLE endpoint_oauth_token ADD CONSTRAINT endpoint_oauth_token_rejected_detail_check CHECK ((length(rejected_detail) <= 200));
ALTER TABLE endpoint_oauth_token ADD CONSTRAINT endpoint_oauth_token_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoint_credential(endpoint_id) ON DELETE CASCADE;
ALTER TABLE endpoint_oauth_token ADD CONSTRAINT endpoint_oauth_token_tenant_id_data_key_version_fkey FOREIGN KEY (tenant_id, data_key_version) REFERENCES tenant_data_key(tenant_id, version);
ALTER TABLE endpoint_oauth_token ADD CONSTRAINT endpoint_oauth_token_pkey PRIMARY KEY (endpoint_id);
CREATE INDEX endpoint_oauth_token_by_data_key ON public.endpoint_oauth_token USING btree (tenant_id, data_key_version);
ALTER TABLE endpoint_oauth_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_oauth_token FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON endpoint_oauth_token FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON endpoint_oauth_token FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoint_oauth_token TO alivemcp_app;

CREATE TABLE endpoint_region_tool_list (
  endpoint_id uuid NOT NULL,
  region text NOT NULL,
  contract_hash text NOT NULL,
  full_hash text NOT NULL,
  believed_at timestamp with time zone NOT NULL,
  pending_contract_hash text,
  pending_full_hash text,
  pending_count integer NOT NULL DEFAULT 0,
  pending_since timestamp with time zone
);
ALTER TABLE endpoint_region_tool_list ADD CONSTRAINT endpoint_region_tool_list_contract_hash_check CHECK ((contract_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE endpoint_region_tool_list ADD CONSTRAINT endpoint_region_tool_list_full_hash_check CHECK ((full_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE endpoint_region_tool_list ADD CONSTRAINT endpoint_region_tool_list_pending_contract_hash_check CHECK ((pending_contract_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE endpoint_region_tool_list ADD CONSTRAINT endpoint_region_tool_list_pending_full_hash_check CHECK ((pending_full_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE endpoint_region_tool_list ADD CONSTRAINT endpoint_region_tool_list_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE endpoint_region_tool_list ADD CONSTRAINT endpoint_region_tool_list_pkey PRIMARY KEY (endpoint_id, region);
CREATE INDEX endpoint_region_tool_list_by_belief ON public.endpoint_region_tool_list USING btree (believed_at);
CREATE INDEX endpoint_region_tool_list_by_hash ON public.endpoint_region_tool_list USING btree (full_hash);
CREATE INDEX endpoint_region_tool_list_by_pending ON public.endpoint_region_tool_list USING btree (pending_full_hash);
ALTER TABLE endpoint_region_tool_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_region_tool_list FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON endpoint_region_tool_list FOR SELECT TO alivemcp_app USING (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON endpoint_region_tool_list FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON endpoint_region_tool_list FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoint_region_tool_list FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoint_region_tool_list TO alivemcp_system;
GRANT SELECT ON endpoint_region_tool_list TO alivemcp_app;
GRANT SELECT ON endpoint_region_tool_list TO alivemcp_operator;

CREATE TABLE endpoint_state (
  endpoint_id uuid NOT NULL,
  shard text NOT NULL,
  committed text NOT NULL DEFAULT 'unknown'::text,
  since timestamp with time zone NOT NULL,
  reason text,
  flags text[] NOT NULL DEFAULT '{}'::text[],
  machine jsonb NOT NULL,
  confirming_until timestamp with time zone,
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE endpoint_state ADD CONSTRAINT endpoint_state_committed_check CHECK ((committed = ANY (ARRAY['unknown'::text, 'up'::text, 'down'::text])));
ALTER TABLE endpoint_state ADD CONSTRAINT endpoint_state_shard_check CHECK ((shard ~ '^s[0-9]{2}$'::text));
ALTER TABLE endpoint_state ADD CONSTRAINT endpoint_state_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE endpoint_state ADD CONSTRAINT endpoint_state_pkey PRIMARY KEY (endpoint_id);
CREATE INDEX endpoint_state_confirming ON public.endpoint_state USING btree (shard, confirming_until) WHERE (confirming_until IS NOT NULL);
ALTER TABLE endpoint_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_state FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON endpoint_state FOR SELECT TO alivemcp_app USING (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON endpoint_state FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON endpoint_state FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoint_state FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoint_state TO alivemcp_system;
GRANT SELECT ON endpoint_state TO alivemcp_app;
GRANT SELECT ON endpoint_state TO alivemcp_operator;

CREATE TABLE endpoints (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  number integer NOT NULL GENERATED ALWAYS AS IDENTITY,
  tenant_id uuid NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  normalized_url text NOT NULL,
  host text NOT NULL,
  registrable_domain text NOT NULL,
  transport text NOT NULL DEFAULT 'auto'::text,
  visibility text NOT NULL,
  standing text NOT NULL,
  cadence_s integer NOT NULL DEFAULT 60,
  regions text[] NOT NULL DEFAULT '{}'::text[],
  confirmation_period_ms integer NOT NULL DEFAULT 30000,
  health jsonb NOT NULL DEFAULT '{"kind": "auto"}'::jsonb,
  config_version integer NOT NULL DEFAULT 1,
  retention_class text NOT NULL,
  paused_at timestamp with time zone,
  first_watched_at timestamp with time zone NOT NULL DEFAULT now(),
  runbook_url text,
  is_demo boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  tags text[] NOT NULL DEFAULT '{}'::text[],
  group_name text,
  credential_version integer NOT NULL DEFAULT 0,
  health_urls jsonb NOT NULL DEFAULT '[]'::jsonb,
  expected_tools text[] NOT NULL DEFAULT '{}'::text[],
  latency_degraded_ms integer NOT NULL DEFAULT 5000,
  degraded_after_minutes integer NOT NULL DEFAULT 3,
  degraded_cleared_after_minutes integer NOT NULL DEFAULT 2,
  paused_reason text,
  slo_target double precision
);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_cadence_s_check CHECK ((((cadence_s >= 30) AND (cadence_s <= 86400)) AND ((86400 % cadence_s) = 0)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_confirmation_period_ms_check CHECK (((confirmation_period_ms >= 0) AND (confirmation_period_ms <= 600000)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_degraded_after_minutes_check CHECK (((degraded_after_minutes >= 1) AND (degraded_after_minutes <= 10)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_degraded_cleared_after_minutes_check CHECK (((degraded_cleared_after_minutes >= 1) AND (degraded_cleared_after_minutes <= 10)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_expected_tools_check CHECK ((cardinality(expected_tools) <= 100));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_group_name_check CHECK (((length(group_name) >= 1) AND (length(group_name) <= 60)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_health_urls_check CHECK (((jsonb_typeof(health_urls) = 'array'::text) AND (jsonb_array_length(health_urls) <= 5)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_host_check CHECK ((length(host) <= 255));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_latency_degraded_ms_check CHECK (((latency_degraded_ms >= 500) AND (latency_degraded_ms <= 30000)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_named_tool_is_read_only CHECK ((((health ->> 'kind'::text) <> 'named'::text) OR (health @> '{"isReadOnlyConfirmed": true}'::jsonb)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_normalized_url_check CHECK ((length(normalized_url) <= 2048));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_paused_for_a_reason CHECK (((paused_at IS NULL) = (paused_reason IS NULL)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_paused_reason_check CHECK ((paused_reason = ANY (ARRAY['owner'::text, 'plan'::text, 'operator'::text])));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_registrable_domain_check CHECK ((length(registrable_domain) <= 255));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_retention_class_check CHECK ((retention_class = ANY (ARRAY['public'::text, 'author'::text, 'team'::text, 'enterprise'::text])));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_runbook_url_check CHECK ((length(runbook_url) <= 2048));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_slo_target_check CHECK (((slo_target >= (0.9)::double precision) AND (slo_target <= (0.9999)::double precision)));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,118}[a-z0-9])?$'::text));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_standing_check CHECK ((standing = ANY (ARRAY['unclaimed'::text, 'added'::text, 'claimed'::text])));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_tags_check CHECK ((cardinality(tags) <= 20));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_transport_check CHECK ((transport = ANY (ARRAY['auto'::text, 'http'::text, 'sse'::text])));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_url_check CHECK ((length(url) <= 2048));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'unlisted'::text, 'private'::text])));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_pkey PRIMARY KEY (id);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_number_key UNIQUE (number);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_of_tenant UNIQUE (id, tenant_id);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_one_url_per_tenant UNIQUE (tenant_id, normalized_url);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_slug_key UNIQUE (slug);
CREATE INDEX endpoints_by_domain ON public.endpoints USING btree (registrable_domain);
CREATE INDEX endpoints_by_update ON public.endpoints USING btree (updated_at);
CREATE UNIQUE INDEX endpoints_one_url_on_board ON public.endpoints USING btree (normalized_url) WHERE (visibility = 'public'::text);
CREATE INDEX endpoints_paused_by_plan ON public.endpoints USING btree (paused_at) WHERE (paused_reason = 'plan'::text);
CREATE INDEX endpoints_with_slo_target ON public.endpoints USING btree (id) WHERE (slo_target IS NOT NULL);
CREATE TRIGGER endpoints_bump_config_version BEFORE UPDATE ON public.endpoints FOR EACH ROW EXECUTE FUNCTION bump_config_version();
CREATE TRIGGER endpoints_detach_followers AFTER UPDATE OF visibility ON public.endpoints FOR EACH ROW WHEN (((old.visibility = 'public'::text) AND (new.visibility <> 'public'::text))) EXECUTE FUNCTION detach_followers();
CREATE TRIGGER endpoints_detach_followers_of_deleted BEFORE DELETE ON public.endpoints FOR EACH ROW WHEN ((old.visibility = 'public'::text)) EXECUTE FUNCTION detach_followers();
CREATE TRIGGER endpoints_keep_threads BEFORE DELETE ON public.endpoints FOR EACH ROW EXECUTE FUNCTION keep_threads_of_endpoint();
CREATE TRIGGER endpoints_queue_erasure AFTER DELETE ON public.endpoints FOR EACH ROW EXECUTE FUNCTION queue_endpoint_erasure();
CREATE TRIGGER endpoints_retire_slug AFTER INSERT OR DELETE ON public.endpoints FOR EACH ROW EXECUTE FUNCTION retire_slug();
CREATE TRIGGER endpoints_retire_slug_on_change AFTER UPDATE OF slug ON public.endpoints FOR EACH ROW WHEN ((old.slug <> new.slug)) EXECUTE FUNCTION retire_slug();
ALTER TABLE endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON endpoints FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON endpoints FOR ALL TO alivemcp_operator USING true;
CREATE POLICY owner_all ON endpoints FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON endpoints FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON endpoints TO alivemcp_app;
GRANT INSERT, SELECT, UPDATE ON endpoints TO alivemcp_system;
GRANT SELECT, UPDATE ON endpoints TO alivemcp_operator;

CREATE TABLE escalation_policy (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  steps jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE escalation_policy ADD CONSTRAINT escalation_policy_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE escalation_policy ADD CONSTRAINT escalation_policy_steps_check CHECK ((jsonb_typeof(steps) = 'array'::text));
ALTER TABLE escalation_policy ADD CONSTRAINT escalation_policy_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE escalation_policy ADD CONSTRAINT escalation_policy_pkey PRIMARY KEY (id);
CREATE INDEX escalation_policy_by_tenant ON public.escalation_policy USING btree (tenant_id);
ALTER TABLE escalation_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE escalation_policy FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON escalation_policy FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON escalation_policy FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON escalation_policy FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON escalation_policy FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON escalation_policy TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON escalation_policy TO alivemcp_system;
GRANT SELECT ON escalation_policy TO alivemcp_operator;

CREATE TABLE follow (
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  cadence_s integer NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  paused_at timestamp with time zone
);
ALTER TABLE follow ADD CONSTRAINT follow_cadence_s_check CHECK ((((cadence_s >= 30) AND (cadence_s <= 86400)) AND ((86400 % cadence_s) = 0)));
ALTER TABLE follow ADD CONSTRAINT follow_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE follow ADD CONSTRAINT follow_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE follow ADD CONSTRAINT follow_pkey PRIMARY KEY (tenant_id, endpoint_id);
CREATE INDEX follow_by_endpoint ON public.follow USING btree (endpoint_id);
CREATE TRIGGER follow_touches_endpoint AFTER INSERT OR DELETE OR UPDATE ON public.follow FOR EACH ROW EXECUTE FUNCTION touch_followed_endpoint();
ALTER TABLE follow ENABLE ROW LEVEL SECURITY;
ALTER TABLE follow FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON follow FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON follow FOR ALL TO alivemcp_operator USING true;
CREATE POLICY owner_all ON follow FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON follow FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON follow TO alivemcp_app;
GRANT DELETE, SELECT ON follow TO alivemcp_system;
GRANT SELECT ON follow TO alivemcp_operator;
GRANT UPDATE (cadence_s, paused_at) ON follow TO alivemcp_operator;

CREATE TABLE idempotency_key (
  tenant_id uuid NOT NULL,
  caller_id text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  attempt uuid NOT NULL,
  started_at timestamp with time zone NOT NULL,
  changed_at timestamp with time zone,
  status smallint,
  answer bytea
);
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_answer_check CHECK ((octet_length(answer) <= 2097152));
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_answered CHECK (((status IS NULL) = (answer IS NULL)));
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_caller_id_check CHECK ((length(caller_id) <= 100));
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)));
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_request_hash_check CHECK ((request_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_status_check CHECK (((status >= 200) AND (status <= 299)));
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE idempotency_key ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (tenant_id, caller_id, key);
CREATE INDEX idempotency_key_by_age ON public.idempotency_key USING btree (started_at);
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON idempotency_key FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON idempotency_key FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON idempotency_key FOR ALL TO alivemcp_system USING true;
GRANT DELETE ON idempotency_key TO alivemcp_system;
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency_key TO alivemcp_app;
GRANT SELECT (tenant_id, caller_id, key, started_at) ON idempotency_key TO alivemcp_system;

CREATE TABLE inbound_event (
  sink_id uuid NOT NULL,
  event_key text NOT NULL,
  tenant_id uuid NOT NULL,
  received_at timestamp with time zone NOT NULL
);
ALTER TABLE inbound_event ADD CONSTRAINT inbound_event_event_key_check CHECK (((length(event_key) >= 1) AND (length(event_key) <= 100)));
ALTER TABLE inbound_event ADD CONSTRAINT inbound_event_sink_id_fkey FOREIGN KEY (sink_id) REFERENCES sink(id) ON DELETE CASCADE;
ALTER TABLE inbound_event ADD CONSTRAINT inbound_event_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE inbound_event ADD CONSTRAINT inbound_event_pkey PRIMARY KEY (sink_id, event_key);
ALTER TABLE inbound_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbound_event FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON inbound_event FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON inbound_event FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON inbound_event FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT ON inbound_event TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON inbound_event TO alivemcp_system;

CREATE TABLE incident (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL,
  simulated_for uuid,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  opened_at timestamp with time zone NOT NULL,
  resolved_at timestamp with time zone,
  severity text NOT NULL,
  severity_worst text NOT NULL,
  causes text[] NOT NULL,
  failure_reason text,
  regions text[] NOT NULL DEFAULT '{}'::text[],
  is_flapping boolean NOT NULL DEFAULT false,
  revision integer NOT NULL DEFAULT 1,
  access jsonb,
  wake_at timestamp with time zone
);
ALTER TABLE incident ADD CONSTRAINT incident_check CHECK (((resolved_at IS NULL) OR (cardinality(causes) = 0)));
ALTER TABLE incident ADD CONSTRAINT incident_failure_reason_check CHECK ((length(failure_reason) <= 60));
ALTER TABLE incident ADD CONSTRAINT incident_severity_check CHECK ((severity = ANY (ARRAY['P1'::text, 'P2'::text])));
ALTER TABLE incident ADD CONSTRAINT incident_severity_worst_check CHECK ((severity_worst = ANY (ARRAY['P1'::text, 'P2'::text])));
ALTER TABLE incident ADD CONSTRAINT incident_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE incident ADD CONSTRAINT incident_simulated_for_fkey FOREIGN KEY (simulated_for) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE incident ADD CONSTRAINT incident_pkey PRIMARY KEY (id);
CREATE INDEX incident_by_age ON public.incident USING btree (resolved_at) WHERE (resolved_at IS NOT NULL);
CREATE INDEX incident_newest ON public.incident USING btree (endpoint_id, opened_at DESC);
CREATE UNIQUE INDEX incident_one_open ON public.incident USING btree (endpoint_id) WHERE ((resolved_at IS NULL) AND (simulated_for IS NULL));
CREATE UNIQUE INDEX incident_one_simulated ON public.incident USING btree (endpoint_id, simulated_for) WHERE ((resolved_at IS NULL) AND (simulated_for IS NOT NULL));
CREATE INDEX incident_simulated ON public.incident USING btree (opened_at) WHERE ((resolved_at IS NULL) AND (simulated_for IS NOT NULL));
CREATE INDEX incident_wake ON public.incident USING btree (wake_at) WHERE (wake_at IS NOT NULL);
ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident FORCE ROW LEVEL SECURITY;
CREATE POLICY app_simulates ON incident FOR INSERT TO alivemcp_app WITH CHECK ((simulated_for = ( SELECT current_tenant_id() AS current_tenant_id)) AND (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number))));
CREATE POLICY app_visible ON incident FOR SELECT TO alivemcp_app USING (((simulated_for IS NULL) OR (simulated_for = ( SELECT current_tenant_id() AS current_tenant_id))) AND (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number))));
CREATE POLICY operator_all ON incident FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON incident FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON incident FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON incident TO alivemcp_system;
GRANT INSERT, SELECT ON incident TO alivemcp_app;
GRANT SELECT ON incident TO alivemcp_operator;

CREATE TABLE incident_event (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  incident_id uuid NOT NULL,
  tenant_id uuid,
  at timestamp with time zone NOT NULL,
  kind text NOT NULL,
  actor text,
  facts jsonb NOT NULL DEFAULT '{}'::jsonb,
  key text NOT NULL
);
ALTER TABLE incident_event ADD CONSTRAINT incident_event_actor_check CHECK ((length(actor) <= 200));
ALTER TABLE incident_event ADD CONSTRAINT incident_event_key_check CHECK ((length(key) <= 200));
ALTER TABLE incident_event ADD CONSTRAINT incident_event_kind_check CHECK ((length(kind) <= 40));
ALTER TABLE incident_event ADD CONSTRAINT incident_event_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;
ALTER TABLE incident_event ADD CONSTRAINT incident_event_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE incident_event ADD CONSTRAINT incident_event_pkey PRIMARY KEY (id);
ALTER TABLE incident_event ADD CONSTRAINT incident_event_once UNIQUE NULLS NOT DISTINCT (incident_id, tenant_id, key);
CREATE INDEX incident_event_by_time ON public.incident_event USING btree (incident_id, at, id);
ALTER TABLE incident_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_event FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON incident_event FOR INSERT TO alivemcp_app WITH CHECK ((tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) AND (incident_id IN ( SELECT i.id
   FROM incident i)));
CREATE POLICY app_visible ON incident_event FOR SELECT TO alivemcp_app USING (((tenant_id IS NULL) OR (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id))) AND (incident_id IN ( SELECT i.id
   FROM incident i)));
CREATE POLICY operator_all ON incident_event FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON incident_event FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON incident_event FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON incident_event TO alivemcp_system;
GRANT INSERT, SELECT ON incident_event TO alivemcp_app;
GRANT SELECT ON incident_event TO alivemcp_operator;

CREATE TABLE incident_group (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  cause text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  anchor_id uuid,
  told_members integer,
  told_at timestamp with time zone
);
ALTER TABLE incident_group ADD CONSTRAINT incident_group_cause_check CHECK ((length(cause) <= 300));
ALTER TABLE incident_group ADD CONSTRAINT incident_group_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE incident_group ADD CONSTRAINT incident_group_pkey PRIMARY KEY (id);
CREATE INDEX incident_group_open ON public.incident_group USING btree (tenant_id, cause) WHERE (closed_at IS NULL);
ALTER TABLE incident_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_group FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON incident_group FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON incident_group FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON incident_group FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON incident_group FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON incident_group TO alivemcp_system;
GRANT SELECT ON incident_group TO alivemcp_app;
GRANT SELECT ON incident_group TO alivemcp_operator;

CREATE TABLE incident_tenant (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  incident_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  muted_until timestamp with time zone,
  muted_by text,
  group_id uuid,
  cluster_id uuid,
  escalation_policy_id uuid,
  escalation_step integer NOT NULL DEFAULT 0,
  told_severity text,
  first_accepted_at timestamp with time zone,
  wake_at timestamp with time zone,
  resolved_at timestamp with time zone
);
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_acknowledged_by_check CHECK ((length(acknowledged_by) <= 200));
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_muted_by_check CHECK ((length(muted_by) <= 200));
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_told_severity_check CHECK ((told_severity = ANY (ARRAY['P1'::text, 'P2'::text])));
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_cluster_id_fkey FOREIGN KEY (cluster_id) REFERENCES suppression_cluster(id) ON DELETE SET NULL;
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_escalation_policy_id_fkey FOREIGN KEY (escalation_policy_id) REFERENCES escalation_policy(id) ON DELETE SET NULL;
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_group_id_fkey FOREIGN KEY (group_id) REFERENCES incident_group(id) ON DELETE SET NULL;
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_pkey PRIMARY KEY (id);
ALTER TABLE incident_tenant ADD CONSTRAINT incident_tenant_incident_id_tenant_id_key UNIQUE (incident_id, tenant_id);
CREATE INDEX incident_tenant_by_cluster ON public.incident_tenant USING btree (cluster_id) WHERE (cluster_id IS NOT NULL);
CREATE INDEX incident_tenant_by_group ON public.incident_tenant USING btree (group_id) WHERE (group_id IS NOT NULL);
CREATE INDEX incident_tenant_newest ON public.incident_tenant USING btree (tenant_id, created_at DESC, id);
CREATE INDEX incident_tenant_open ON public.incident_tenant USING btree (tenant_id, endpoint_id) WHERE (resolved_at IS NULL);
CREATE INDEX incident_tenant_recent ON public.incident_tenant USING btree (created_at);
CREATE INDEX incident_tenant_wake ON public.incident_tenant USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE TRIGGER incident_tenant_wakes BEFORE UPDATE OF acknowledged_at, muted_until ON public.incident_tenant FOR EACH ROW WHEN (((old.acknowledged_at IS DISTINCT FROM new.acknowledged_at) OR (old.muted_until IS DISTINCT FROM new.muted_until))) EXECUTE FUNCTION wake_on_answer();
ALTER TABLE incident_tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON incident_tenant FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON incident_tenant FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON incident_tenant FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON incident_tenant FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON incident_tenant TO alivemcp_system;
GRANT SELECT ON incident_tenant TO alivemcp_app;
GRANT SELECT ON incident_tenant TO alivemcp_operator;
GRANT UPDATE (acknowledged_at, acknowledged_by, muted_until, muted_by, wake_at) ON incident_tenant TO alivemcp_app;

CREATE TABLE incident_update (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  incident_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  stage text NOT NULL,
  body text NOT NULL,
  written_by text NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now(),
  told_at timestamp with time zone
);
ALTER TABLE incident_update ADD CONSTRAINT incident_update_body_check CHECK (((length(body) >= 1) AND (length(body) <= 2000)));
ALTER TABLE incident_update ADD CONSTRAINT incident_update_stage_check CHECK ((stage = ANY (ARRAY['investigating'::text, 'identified'::text, 'monitoring'::text, 'resolved'::text])));
ALTER TABLE incident_update ADD CONSTRAINT incident_update_written_by_check CHECK ((length(written_by) <= 200));
ALTER TABLE incident_update ADD CONSTRAINT incident_update_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;
ALTER TABLE incident_update ADD CONSTRAINT incident_update_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE incident_update ADD CONSTRAINT incident_update_pkey PRIMARY KEY (id);
CREATE INDEX incident_update_by_incident ON public.incident_update USING btree (incident_id, at);
CREATE INDEX incident_update_to_tell ON public.incident_update USING btree (at) WHERE (told_at IS NULL);
ALTER TABLE incident_update ENABLE ROW LEVEL SECURITY;
ALTER TABLE incident_update FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON incident_update FOR INSERT TO alivemcp_app WITH CHECK ((tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) AND (incident_id IN ( SELECT i.id
   FROM (incident i
     JOIN endpoints e ON ((e.id = i.endpoint_id)))
  WHERE (e.tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)))));
CREATE POLICY app_visible ON incident_update FOR SELECT TO alivemcp_app USING (incident_id IN ( SELECT i.id
   FROM incident i));
CREATE POLICY operator_all ON incident_update FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON incident_update FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON incident_update FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON incident_update TO alivemcp_system;
GRANT INSERT, SELECT ON incident_update TO alivemcp_app;
GRANT SELECT ON incident_update TO alivemcp_operator;

CREATE TABLE invitations (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  email text NOT NULL,
  role text NOT NULL,
  token_hash text NOT NULL,
  invited_by uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  accepted_at timestamp with time zone,
  revoked_at timestamp with time zone,
  sent_at timestamp with time zone NOT NULL DEFAULT now(),
  sent_count integer NOT NULL DEFAULT 1
);
ALTER TABLE invitations ADD CONSTRAINT invitations_email_check CHECK (((length(email) <= 320) AND (email = lower(email))));
ALTER TABLE invitations ADD CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'member'::text, 'viewer'::text])));
ALTER TABLE invitations ADD CONSTRAINT invitations_token_hash_check CHECK ((token_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE invitations ADD CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE invitations ADD CONSTRAINT invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE invitations ADD CONSTRAINT invitations_pkey PRIMARY KEY (id);
ALTER TABLE invitations ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);
CREATE UNIQUE INDEX invitations_one_open ON public.invitations USING btree (tenant_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON invitations FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY identity_all ON invitations FOR SELECT TO alivemcp_identity USING true;
CREATE POLICY owner_all ON invitations FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON invitations TO alivemcp_app;
GRANT SELECT ON invitations TO alivemcp_identity;

CREATE TABLE maintenance_window (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  name text NOT NULL,
  scope jsonb NOT NULL,
  starts_at timestamp with time zone NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  recurrence jsonb,
  is_public boolean NOT NULL DEFAULT true,
  note text,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  cancelled_at timestamp with time zone
);
ALTER TABLE maintenance_window ADD CONSTRAINT maintenance_window_check CHECK (((ends_at > starts_at) AND (ends_at <= (starts_at + '7 days'::interval))));
ALTER TABLE maintenance_window ADD CONSTRAINT maintenance_window_created_by_check CHECK ((length(created_by) <= 200));
ALTER TABLE maintenance_window ADD CONSTRAINT maintenance_window_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE maintenance_window ADD CONSTRAINT maintenance_window_note_check CHECK ((length(note) <= 1000));
ALTER TABLE maintenance_window ADD CONSTRAINT maintenance_window_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE maintenance_window ADD CONSTRAINT maintenance_window_pkey PRIMARY KEY (id);
CREATE INDEX maintenance_window_by_tenant ON public.maintenance_window USING btree (tenant_id, starts_at);
ALTER TABLE maintenance_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE maintenance_window FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON maintenance_window FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON maintenance_window FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON maintenance_window FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON maintenance_window FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON maintenance_window TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON maintenance_window TO alivemcp_system;
GRANT SELECT ON maintenance_window TO alivemcp_operator;

CREATE TABLE members (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE members ADD CONSTRAINT members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text])));
ALTER TABLE members ADD CONSTRAINT members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE members ADD CONSTRAINT members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id);
ALTER TABLE members ADD CONSTRAINT members_pkey PRIMARY KEY (tenant_id, user_id);
CREATE INDEX members_by_user ON public.members USING btree (user_id);
CREATE UNIQUE INDEX members_one_owner ON public.members USING btree (tenant_id) WHERE (role = 'owner'::text);
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE members FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON members FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY identity_all ON members FOR SELECT TO alivemcp_identity USING true;
CREATE POLICY operator_all ON members FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON members FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON members FOR SELECT TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON members TO alivemcp_app;
GRANT SELECT ON members TO alivemcp_identity;
GRANT SELECT ON members TO alivemcp_operator;
GRANT SELECT ON members TO alivemcp_system;

CREATE TABLE notice (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  dismissed_at timestamp with time zone
);
ALTER TABLE notice ADD CONSTRAINT notice_kind_check CHECK ((length(kind) <= 60));
ALTER TABLE notice ADD CONSTRAINT notice_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE notice ADD CONSTRAINT notice_pkey PRIMARY KEY (id);
CREATE INDEX notice_open ON public.notice USING btree (tenant_id, id DESC) WHERE (dismissed_at IS NULL);
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON notice FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON notice FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON notice FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT ON notice TO alivemcp_system;
GRANT SELECT ON notice TO alivemcp_app;
GRANT UPDATE (dismissed_at) ON notice TO alivemcp_app;

CREATE TABLE opt_out (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  target text NOT NULL,
  contact text,
  note text,
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  verified_at timestamp with time zone,
  withdrawn_at timestamp with time zone
);
ALTER TABLE opt_out ADD CONSTRAINT opt_out_contact_check CHECK ((length(contact) <= 320));
ALTER TABLE opt_out ADD CONSTRAINT opt_out_kind_check CHECK ((kind = ANY (ARRAY['domain'::text, 'host'::text, 'url'::text])));
ALTER TABLE opt_out ADD CONSTRAINT opt_out_note_check CHECK ((length(note) <= 1000));
ALTER TABLE opt_out ADD CONSTRAINT opt_out_target_check CHECK (((length(target) >= 1) AND (length(target) <= 2048)));
ALTER TABLE opt_out ADD CONSTRAINT opt_out_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX opt_out_one_in_force ON public.opt_out USING btree (kind, target) WHERE (withdrawn_at IS NULL);
ALTER TABLE opt_out ENABLE ROW LEVEL SECURITY;
ALTER TABLE opt_out FORCE ROW LEVEL SECURITY;
CREATE POLICY app_insert ON opt_out FOR INSERT TO alivemcp_app WITH CHECK ((verified_at IS NULL) AND (withdrawn_at IS NULL));
CREATE POLICY operator_all ON opt_out FOR ALL TO alivemcp_operator USING true;
CREATE POLICY owner_all ON opt_out FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON opt_out FOR ALL TO alivemcp_system USING true;
GRANT INSERT, SELECT, UPDATE ON opt_out TO alivemcp_operator;
GRANT SELECT ON opt_out TO alivemcp_system;
GRANT INSERT (kind, target, contact, note) ON opt_out TO alivemcp_app;

CREATE TABLE orphaned_thread (
  dedup_key uuid NOT NULL,
  tenant_id uuid NOT NULL,
  endpoint_name text NOT NULL,
  endpoint_slug text NOT NULL,
  severity text NOT NULL,
  started_at timestamp with time zone NOT NULL,
  is_simulated boolean NOT NULL,
  sink_ids uuid[] NOT NULL,
  at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE orphaned_thread ADD CONSTRAINT orphaned_thread_severity_check CHECK ((severity = ANY (ARRAY['P1'::text, 'P2'::text])));
ALTER TABLE orphaned_thread ADD CONSTRAINT orphaned_thread_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE orphaned_thread ADD CONSTRAINT orphaned_thread_pkey PRIMARY KEY (dedup_key);
CREATE INDEX orphaned_thread_by_tenant ON public.orphaned_thread USING btree (tenant_id);
ALTER TABLE orphaned_thread ENABLE ROW LEVEL SECURITY;
ALTER TABLE orphaned_thread FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON orphaned_thread FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON orphaned_thread FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON orphaned_thread TO alivemcp_system;

CREATE TABLE probe_day (
  endpoint_number integer NOT NULL,
  day date NOT NULL,
  up_minutes integer NOT NULL DEFAULT 0,
  degraded_minutes integer NOT NULL DEFAULT 0,
  down_minutes integer NOT NULL DEFAULT 0,
  auth_walled_minutes integer NOT NULL DEFAULT 0,
  unknown_minutes integer NOT NULL DEFAULT 0,
  maintenance_minutes integer NOT NULL DEFAULT 0,
  latency_histogram integer[] NOT NULL DEFAULT '{}'::integer[],
  rolled_up_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE probe_day ADD CONSTRAINT probe_day_pkey PRIMARY KEY (endpoint_number, day);
CREATE INDEX probe_day_by_day ON public.probe_day USING btree (day);
ALTER TABLE probe_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_day FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON probe_day FOR SELECT TO alivemcp_app USING (endpoint_number IN ( SELECT v.number
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON probe_day FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON probe_day FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON probe_day FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON probe_day TO alivemcp_system;
GRANT SELECT ON probe_day TO alivemcp_app;
GRANT SELECT ON probe_day TO alivemcp_operator;

CREATE TABLE probe_evidence (
  endpoint_number integer NOT NULL,
  retention_class smallint NOT NULL,
  minute_at timestamp with time zone NOT NULL,
  observed_at timestamp with time zone NOT NULL,
  region text NOT NULL,
  state text NOT NULL,
  reason text,
  layer text,
  detail text,
  steps jsonb NOT NULL DEFAULT '[]'::jsonb,
  excerpt text
) PARTITION BY LIST (retention_class);
ALTER TABLE probe_evidence ADD CONSTRAINT probe_evidence_excerpt_check CHECK ((length(excerpt) <= 500));
ALTER TABLE probe_evidence ADD CONSTRAINT probe_evidence_pkey PRIMARY KEY (endpoint_number, retention_class, minute_at, region);
ALTER TABLE probe_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_evidence FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON probe_evidence FOR SELECT TO alivemcp_app USING (endpoint_number IN ( SELECT v.number
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON probe_evidence FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON probe_evidence FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON probe_evidence FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON probe_evidence TO alivemcp_system;
GRANT SELECT ON probe_evidence TO alivemcp_app;
GRANT SELECT ON probe_evidence TO alivemcp_operator;

CREATE TABLE probe_evidence_author PARTITION OF probe_evidence FOR VALUES IN ('1') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_evidence_author ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_evidence_author FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_evidence_author FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_evidence_enterprise PARTITION OF probe_evidence FOR VALUES IN ('3') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_evidence_enterprise ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_evidence_enterprise FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_evidence_enterprise FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_evidence_public PARTITION OF probe_evidence FOR VALUES IN ('0') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_evidence_public ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_evidence_public FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_evidence_public FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_evidence_team PARTITION OF probe_evidence FOR VALUES IN ('2') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_evidence_team ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_evidence_team FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_evidence_team FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_hour (
  endpoint_number integer NOT NULL,
  hour_at timestamp with time zone NOT NULL,
  up_minutes integer NOT NULL DEFAULT 0,
  degraded_minutes integer NOT NULL DEFAULT 0,
  down_minutes integer NOT NULL DEFAULT 0,
  auth_walled_minutes integer NOT NULL DEFAULT 0,
  unknown_minutes integer NOT NULL DEFAULT 0,
  maintenance_minutes integer NOT NULL DEFAULT 0,
  latency_histogram integer[] NOT NULL DEFAULT '{}'::integer[]
);
ALTER TABLE probe_hour ADD CONSTRAINT probe_hour_pkey PRIMARY KEY (endpoint_number, hour_at);
CREATE INDEX probe_hour_by_hour ON public.probe_hour USING btree (hour_at);
ALTER TABLE probe_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_hour FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON probe_hour FOR SELECT TO alivemcp_app USING (endpoint_number IN ( SELECT v.number
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON probe_hour FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON probe_hour FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON probe_hour FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON probe_hour TO alivemcp_system;
GRANT SELECT ON probe_hour TO alivemcp_app;
GRANT SELECT ON probe_hour TO alivemcp_operator;

CREATE TABLE probe_minute (
  endpoint_number integer NOT NULL,
  retention_class smallint NOT NULL,
  state smallint NOT NULL,
  minute_at timestamp with time zone NOT NULL,
  latency_ms integer,
  revision integer NOT NULL,
  covers_minutes smallint NOT NULL,
  reason smallint,
  regions bytea NOT NULL
) PARTITION BY LIST (retention_class);
ALTER TABLE probe_minute ADD CONSTRAINT probe_minute_pkey PRIMARY KEY (endpoint_number, retention_class, minute_at);
CREATE INDEX probe_minute_by_time ON ONLY public.probe_minute USING brin (minute_at) WITH (pages_per_range='32');
ALTER TABLE probe_minute ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_minute FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON probe_minute FOR SELECT TO alivemcp_app USING (endpoint_number IN ( SELECT v.number
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON probe_minute FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON probe_minute FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON probe_minute FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON probe_minute TO alivemcp_system;
GRANT SELECT ON probe_minute TO alivemcp_app;
GRANT SELECT ON probe_minute TO alivemcp_operator;

CREATE TABLE probe_minute_author PARTITION OF probe_minute FOR VALUES IN ('1') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_minute_author ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_minute_author FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_minute_author FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_minute_enterprise PARTITION OF probe_minute FOR VALUES IN ('3') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_minute_enterprise ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_minute_enterprise FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_minute_enterprise FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_minute_public PARTITION OF probe_minute FOR VALUES IN ('0') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_minute_public ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_minute_public FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_minute_public FOR ALL TO alivemcp_owner USING true;

CREATE TABLE probe_minute_team PARTITION OF probe_minute FOR VALUES IN ('2') PARTITION BY RANGE (minute_at);
ALTER TABLE probe_minute_team ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_minute_team FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_minute_team FOR ALL TO alivemcp_owner USING true;

CREATE TABLE release_window (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  from_at timestamp with time zone NOT NULL,
  until_at timestamp with time zone NOT NULL,
  note text,
  announced_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  cancelled_at timestamp with time zone,
  settled_at timestamp with time zone,
  settled_reason text
);
ALTER TABLE release_window ADD CONSTRAINT release_window_announced_by_check CHECK ((length(announced_by) <= 200));
ALTER TABLE release_window ADD CONSTRAINT release_window_at_most_a_day CHECK (((until_at > from_at) AND (until_at <= (from_at + '24:00:00'::interval))));
ALTER TABLE release_window ADD CONSTRAINT release_window_note_check CHECK ((length(note) <= 500));
ALTER TABLE release_window ADD CONSTRAINT release_window_settled_for_a_reason CHECK (((settled_at IS NULL) = (settled_reason IS NULL)));
ALTER TABLE release_window ADD CONSTRAINT release_window_settled_reason_check CHECK ((settled_reason = ANY (ARRAY['accepted'::text, 'nothing-changed'::text, 'not-announced'::text, 'regions-differ'::text])));
ALTER TABLE release_window ADD CONSTRAINT release_window_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE release_window ADD CONSTRAINT release_window_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE release_window ADD CONSTRAINT release_window_pkey PRIMARY KEY (id);
CREATE INDEX release_window_by_endpoint ON public.release_window USING btree (endpoint_id, from_at DESC);
CREATE INDEX release_window_by_tenant ON public.release_window USING btree (tenant_id);
CREATE INDEX release_window_open ON public.release_window USING btree (until_at) WHERE ((settled_at IS NULL) AND (cancelled_at IS NULL));
ALTER TABLE release_window ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_window FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON release_window FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) WITH CHECK ((tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) AND (endpoint_id IN ( SELECT e.id
   FROM endpoints e
  WHERE (e.tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)))));
CREATE POLICY operator_all ON release_window FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON release_window FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON release_window FOR ALL TO alivemcp_system USING true;
GRANT DELETE, SELECT ON release_window TO alivemcp_app;
GRANT SELECT ON release_window TO alivemcp_operator;
GRANT SELECT ON release_window TO alivemcp_system;
GRANT INSERT (tenant_id, endpoint_id, from_at, until_at, note, announced_by) ON release_window TO alivemcp_app;
GRANT UPDATE (cancelled_at) ON release_window TO alivemcp_app;
GRANT UPDATE (settled_at, settled_reason) ON release_window TO alivemcp_system;

CREATE TABLE retired_slug (
  slug text NOT NULL,
  tenant_id uuid,
  endpoint_id uuid,
  retired_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE retired_slug ADD CONSTRAINT retired_slug_slug_check CHECK ((length(slug) <= 120));
ALTER TABLE retired_slug ADD CONSTRAINT retired_slug_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE SET NULL;
ALTER TABLE retired_slug ADD CONSTRAINT retired_slug_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE SET NULL;
ALTER TABLE retired_slug ADD CONSTRAINT retired_slug_pkey PRIMARY KEY (slug);
CREATE INDEX retired_slug_by_endpoint ON public.retired_slug USING btree (endpoint_id);
CREATE INDEX retired_slug_by_tenant ON public.retired_slug USING btree (tenant_id);
ALTER TABLE retired_slug ENABLE ROW LEVEL SECURITY;
ALTER TABLE retired_slug FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON retired_slug FOR SELECT TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON retired_slug FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON retired_slug FOR ALL TO alivemcp_system USING true;
GRANT SELECT ON retired_slug TO alivemcp_app;
GRANT SELECT ON retired_slug TO alivemcp_system;

CREATE TABLE schedule_claim (
  window_at timestamp with time zone NOT NULL,
  shard text NOT NULL,
  claimed_by text,
  lease_until timestamp with time zone,
  done_at timestamp with time zone
);
ALTER TABLE schedule_claim ADD CONSTRAINT schedule_claim_shard_check CHECK ((shard ~ '^s[0-9]{2}$'::text));
ALTER TABLE schedule_claim ADD CONSTRAINT schedule_claim_pkey PRIMARY KEY (window_at, shard);
ALTER TABLE schedule_claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedule_claim FORCE ROW LEVEL SECURITY;
CREATE POLICY operator_all ON schedule_claim FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON schedule_claim FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON schedule_claim FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON schedule_claim TO alivemcp_system;
GRANT SELECT ON schedule_claim TO alivemcp_operator;

CREATE TABLE schema_migration (
  number integer NOT NULL,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE schema_migration ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);

CREATE TABLE sessions (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  token text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE sessions ADD CONSTRAINT sessions_ip_address_check CHECK ((length(ip_address) <= 100));
ALTER TABLE sessions ADD CONSTRAINT sessions_token_check CHECK ((length(token) <= 100));
ALTER TABLE sessions ADD CONSTRAINT sessions_user_agent_check CHECK ((length(user_agent) <= 500));
ALTER TABLE sessions ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);
ALTER TABLE sessions ADD CONSTRAINT sessions_token_key UNIQUE (token);
CREATE INDEX sessions_by_expiry ON public.sessions USING btree (expires_at);
CREATE INDEX sessions_by_user ON public.sessions USING btree (user_id);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY identity_all ON sessions FOR ALL TO alivemcp_identity USING true;
CREATE POLICY owner_all ON sessions FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON sessions TO alivemcp_identity;

CREATE TABLE sink (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  state text NOT NULL DEFAULT 'unverified'::text,
  shown text NOT NULL,
  sealed jsonb NOT NULL,
  sealing_key_id text NOT NULL,
  version integer NOT NULL DEFAULT 1,
  is_default boolean NOT NULL DEFAULT false,
  proof_hash text,
  proof_expires_at timestamp with time zone,
  proof_tries integer NOT NULL DEFAULT 0,
  verified_at timestamp with time zone,
  reverify_at timestamp with time zone,
  disabled_at timestamp with time zone,
  disabled_reason text,
  last_attempt_at timestamp with time zone,
  last_outcome text,
  last_answer text,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  created_by uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  failing_since timestamp with time zone
);
ALTER TABLE sink ADD CONSTRAINT sink_check CHECK (((state = 'disabled'::text) = (disabled_at IS NOT NULL)));
ALTER TABLE sink ADD CONSTRAINT sink_disabled_reason_check CHECK ((length(disabled_reason) <= 200));
ALTER TABLE sink ADD CONSTRAINT sink_kind_check CHECK ((kind ~ '^[a-z]{2,20}$'::text));
ALTER TABLE sink ADD CONSTRAINT sink_last_answer_check CHECK ((length(last_answer) <= 500));
ALTER TABLE sink ADD CONSTRAINT sink_last_outcome_check CHECK ((last_outcome = ANY (ARRAY['sent'::text, 'retryable'::text, 'permanent'::text])));
ALTER TABLE sink ADD CONSTRAINT sink_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)));
ALTER TABLE sink ADD CONSTRAINT sink_proof_hash_check CHECK ((proof_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE sink ADD CONSTRAINT sink_sealing_key_id_check CHECK ((length(sealing_key_id) <= 40));
ALTER TABLE sink ADD CONSTRAINT sink_shown_check CHECK ((length(shown) <= 300));
ALTER TABLE sink ADD CONSTRAINT sink_state_check CHECK ((state = ANY (ARRAY['unverified'::text, 'verified'::text, 'disabled'::text])));
ALTER TABLE sink ADD CONSTRAINT sink_version_check CHECK ((version > 0));
ALTER TABLE sink ADD CONSTRAINT sink_created_by_fkey FOREIGN KEY (created_by) REFERENCES users(id) ON DELETE SET NULL;
ALTER TABLE sink ADD CONSTRAINT sink_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE sink ADD CONSTRAINT sink_pkey PRIMARY KEY (id);
CREATE INDEX sink_by_sealing_key ON public.sink USING btree (sealing_key_id);
CREATE INDEX sink_by_tenant ON public.sink USING btree (tenant_id);
CREATE UNIQUE INDEX sink_one_default ON public.sink USING btree (tenant_id) WHERE is_default;
CREATE INDEX sink_to_recheck ON public.sink USING btree (reverify_at) WHERE ((reverify_at IS NOT NULL) AND (state = 'verified'::text));
ALTER TABLE sink ENABLE ROW LEVEL SECURITY;
ALTER TABLE sink FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON sink FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY identity_finds ON sink FOR SELECT TO alivemcp_identity USING true;
CREATE POLICY operator_all ON sink FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON sink FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON sink FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON sink TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON sink TO alivemcp_system;
GRANT SELECT (id, tenant_id) ON sink TO alivemcp_identity;
GRANT SELECT (id, tenant_id, kind, name, state, shown, is_default, verified_at, disabled_at, disabled_reason, last_attempt_at, last_outcome, failures_in_a_row, created_at) ON sink TO alivemcp_operator;

CREATE TABLE sink_thread (
  sink_id uuid NOT NULL,
  dedup_key text NOT NULL,
  tenant_id uuid NOT NULL,
  ref jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE sink_thread ADD CONSTRAINT sink_thread_dedup_key_check CHECK ((length(dedup_key) <= 200));
ALTER TABLE sink_thread ADD CONSTRAINT sink_thread_sink_id_fkey FOREIGN KEY (sink_id) REFERENCES sink(id) ON DELETE CASCADE;
ALTER TABLE sink_thread ADD CONSTRAINT sink_thread_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE sink_thread ADD CONSTRAINT sink_thread_pkey PRIMARY KEY (sink_id, dedup_key);
ALTER TABLE sink_thread ENABLE ROW LEVEL SECURITY;
ALTER TABLE sink_thread FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON sink_thread FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON sink_thread FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON sink_thread FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON sink_thread FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON sink_thread TO alivemcp_system;
GRANT SELECT ON sink_thread TO alivemcp_app;

CREATE TABLE state_span (
  endpoint_id uuid NOT NULL,
  state text NOT NULL,
  from_at timestamp with time zone NOT NULL,
  to_at timestamp with time zone
);
ALTER TABLE state_span ADD CONSTRAINT state_span_check CHECK ((to_at >= from_at));
ALTER TABLE state_span ADD CONSTRAINT state_span_state_check CHECK ((state = ANY (ARRAY['unknown'::text, 'up'::text, 'down'::text])));
ALTER TABLE state_span ADD CONSTRAINT state_span_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE state_span ADD CONSTRAINT state_span_pkey PRIMARY KEY (endpoint_id, from_at);
CREATE UNIQUE INDEX state_span_one_open ON public.state_span USING btree (endpoint_id) WHERE (to_at IS NULL);
ALTER TABLE state_span ENABLE ROW LEVEL SECURITY;
ALTER TABLE state_span FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON state_span FOR SELECT TO alivemcp_app USING (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON state_span FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON state_span FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON state_span FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON state_span TO alivemcp_system;
GRANT SELECT ON state_span TO alivemcp_app;
GRANT SELECT ON state_span TO alivemcp_operator;

CREATE TABLE status_page (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL,
  slug text NOT NULL,
  title text NOT NULL,
  description text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE status_page ADD CONSTRAINT status_page_description_check CHECK (((length(description) >= 1) AND (length(description) <= 1000)));
ALTER TABLE status_page ADD CONSTRAINT status_page_slug_check CHECK ((slug ~ '^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$'::text));
ALTER TABLE status_page ADD CONSTRAINT status_page_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100)));
ALTER TABLE status_page ADD CONSTRAINT status_page_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE status_page ADD CONSTRAINT status_page_pkey PRIMARY KEY (id);
ALTER TABLE status_page ADD CONSTRAINT status_page_slug_key UNIQUE (slug);
CREATE INDEX status_page_by_tenant ON public.status_page USING btree (tenant_id, created_at, id);
ALTER TABLE status_page ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_page FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON status_page FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY operator_all ON status_page FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON status_page FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON status_page FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page TO alivemcp_system;
GRANT SELECT ON status_page TO alivemcp_operator;

CREATE TABLE status_page_endpoint (
  page_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  "position" integer NOT NULL
);
ALTER TABLE status_page_endpoint ADD CONSTRAINT status_page_endpoint_position_check CHECK (("position" > 0));
ALTER TABLE status_page_endpoint ADD CONSTRAINT status_page_endpoint_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE status_page_endpoint ADD CONSTRAINT status_page_endpoint_page_id_fkey FOREIGN KEY (page_id) REFERENCES status_page(id) ON DELETE CASCADE;
ALTER TABLE status_page_endpoint ADD CONSTRAINT status_page_endpoint_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE status_page_endpoint ADD CONSTRAINT status_page_endpoint_pkey PRIMARY KEY (page_id, endpoint_id);
CREATE INDEX status_page_endpoint_by_endpoint ON public.status_page_endpoint USING btree (endpoint_id);
CREATE INDEX status_page_endpoint_by_tenant ON public.status_page_endpoint USING btree (tenant_id);
ALTER TABLE status_page_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_page_endpoint FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON status_page_endpoint FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) WITH CHECK ((tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) AND (page_id IN ( SELECT p.id
   FROM status_page p)) AND (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number))));
CREATE POLICY operator_all ON status_page_endpoint FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON status_page_endpoint FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON status_page_endpoint FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page_endpoint TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page_endpoint TO alivemcp_system;
GRANT SELECT ON status_page_endpoint TO alivemcp_operator;

CREATE TABLE status_page_host (
  host text NOT NULL,
  page_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  verified_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE status_page_host ADD CONSTRAINT status_page_host_host_check CHECK (((host = lower(host)) AND ((length(host) >= 4) AND (length(host) <= 253))));
ALTER TABLE status_page_host ADD CONSTRAINT status_page_host_page_id_fkey FOREIGN KEY (page_id) REFERENCES status_page(id) ON DELETE CASCADE;
ALTER TABLE status_page_host ADD CONSTRAINT status_page_host_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE status_page_host ADD CONSTRAINT status_page_host_pkey PRIMARY KEY (host);
ALTER TABLE status_page_host ADD CONSTRAINT status_page_host_page_id_key UNIQUE (page_id);
CREATE INDEX status_page_host_by_tenant ON public.status_page_host USING btree (tenant_id);
ALTER TABLE status_page_host ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_page_host FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON status_page_host FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) WITH CHECK ((tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) AND (page_id IN ( SELECT p.id
   FROM status_page p)));
CREATE POLICY operator_all ON status_page_host FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON status_page_host FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON status_page_host FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page_host TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page_host TO alivemcp_system;
GRANT SELECT ON status_page_host TO alivemcp_operator;

CREATE TABLE status_page_logo (
  page_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  content_type text NOT NULL,
  bytes bytea NOT NULL,
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE status_page_logo ADD CONSTRAINT status_page_logo_bytes_check CHECK (((octet_length(bytes) >= 12) AND (octet_length(bytes) <= 204800)));
ALTER TABLE status_page_logo ADD CONSTRAINT status_page_logo_content_type_check CHECK ((content_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/webp'::text])));
ALTER TABLE status_page_logo ADD CONSTRAINT status_page_logo_page_id_fkey FOREIGN KEY (page_id) REFERENCES status_page(id) ON DELETE CASCADE;
ALTER TABLE status_page_logo ADD CONSTRAINT status_page_logo_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE status_page_logo ADD CONSTRAINT status_page_logo_pkey PRIMARY KEY (page_id);
CREATE INDEX status_page_logo_by_tenant ON public.status_page_logo USING btree (tenant_id);
ALTER TABLE status_page_logo ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_page_logo FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON status_page_logo FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) WITH CHECK ((tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)) AND (page_id IN ( SELECT p.id
   FROM status_page p)));
CREATE POLICY operator_all ON status_page_logo FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON status_page_logo FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON status_page_logo FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page_logo TO alivemcp_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON status_page_logo TO alivemcp_system;
GRANT SELECT ON status_page_logo TO alivemcp_operator;

CREATE TABLE subscriber (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL,
  kind text NOT NULL,
  target_hash text NOT NULL,
  sealed jsonb NOT NULL,
  sealing_key_id text NOT NULL,
  confirm_hash text,
  confirm_until timestamp with time zone,
  confirmed_at timestamp with time zone,
  end_hash text NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE subscriber ADD CONSTRAINT subscriber_check CHECK (((confirmed_at IS NOT NULL) OR (confirm_hash IS NOT NULL)));
ALTER TABLE subscriber ADD CONSTRAINT subscriber_confirm_hash_check CHECK ((confirm_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE subscriber ADD CONSTRAINT subscriber_end_hash_check CHECK ((end_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE subscriber ADD CONSTRAINT subscriber_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'webhook'::text])));
ALTER TABLE subscriber ADD CONSTRAINT subscriber_sealing_key_id_check CHECK ((length(sealing_key_id) <= 40));
ALTER TABLE subscriber ADD CONSTRAINT subscriber_target_hash_check CHECK ((target_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE subscriber ADD CONSTRAINT subscriber_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE subscriber ADD CONSTRAINT subscriber_pkey PRIMARY KEY (id);
ALTER TABLE subscriber ADD CONSTRAINT subscriber_confirm_hash_key UNIQUE (confirm_hash);
ALTER TABLE subscriber ADD CONSTRAINT subscriber_end_hash_key UNIQUE (end_hash);
ALTER TABLE subscriber ADD CONSTRAINT subscriber_once UNIQUE (endpoint_id, kind, target_hash);
CREATE INDEX subscriber_unconfirmed ON public.subscriber USING btree (confirm_until) WHERE (confirmed_at IS NULL);
ALTER TABLE subscriber ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriber FORCE ROW LEVEL SECURITY;
CREATE POLICY identity_all ON subscriber FOR ALL TO alivemcp_identity USING true;
CREATE POLICY owner_all ON subscriber FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON subscriber FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON subscriber TO alivemcp_identity;
GRANT DELETE, INSERT, SELECT, UPDATE ON subscriber TO alivemcp_system;

CREATE TABLE subscriber_delivery (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  subscriber_id uuid NOT NULL,
  incident_id uuid NOT NULL,
  step text NOT NULL,
  message jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending'::text,
  reason text,
  "position" integer NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamp with time zone NOT NULL,
  deadline_at timestamp with time zone NOT NULL,
  leased_until timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  settled_at timestamp with time zone
);
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_position_check CHECK (("position" > 0));
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_reason_check CHECK ((length(reason) <= 60));
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'cancelled'::text])));
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_step_check CHECK ((length(step) <= 100));
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id) ON DELETE CASCADE;
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_subscriber_id_fkey FOREIGN KEY (subscriber_id) REFERENCES subscriber(id) ON UPDATE CASCADE ON DELETE CASCADE;
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_pkey PRIMARY KEY (id);
ALTER TABLE subscriber_delivery ADD CONSTRAINT subscriber_delivery_once UNIQUE (subscriber_id, incident_id, step);
CREATE INDEX subscriber_delivery_by_incident ON public.subscriber_delivery USING btree (incident_id);
CREATE INDEX subscriber_delivery_due ON public.subscriber_delivery USING btree ("position", due_at) WHERE (state = 'pending'::text);
CREATE INDEX subscriber_delivery_settled ON public.subscriber_delivery USING btree (settled_at) WHERE (state <> 'pending'::text);
ALTER TABLE subscriber_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE subscriber_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON subscriber_delivery FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON subscriber_delivery FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON subscriber_delivery TO alivemcp_system;

CREATE TABLE suppression_cluster (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  cause text NOT NULL,
  opened_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  tenants integer NOT NULL,
  endpoints integer NOT NULL,
  tenants_all integer NOT NULL
);
ALTER TABLE suppression_cluster ADD CONSTRAINT suppression_cluster_cause_check CHECK ((length(cause) <= 300));
ALTER TABLE suppression_cluster ADD CONSTRAINT suppression_cluster_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX suppression_cluster_one_open ON public.suppression_cluster USING btree (cause) WHERE (closed_at IS NULL);
ALTER TABLE suppression_cluster ENABLE ROW LEVEL SECURITY;
ALTER TABLE suppression_cluster FORCE ROW LEVEL SECURITY;
CREATE POLICY operator_all ON suppression_cluster FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON suppression_cluster FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON suppression_cluster FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON suppression_cluster TO alivemcp_system;
GRANT SELECT ON suppression_cluster TO alivemcp_operator;

CREATE TABLE tenant_data_key (
  tenant_id uuid NOT NULL,
  version integer NOT NULL,
  provider text NOT NULL,
  provider_key_id text NOT NULL,
  wrapped_key bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE tenant_data_key ADD CONSTRAINT tenant_data_key_provider_check CHECK ((length(provider) <= 50));
ALTER TABLE tenant_data_key ADD CONSTRAINT tenant_data_key_provider_key_id_check CHECK ((length(provider_key_id) <= 500));
ALTER TABLE tenant_data_key ADD CONSTRAINT tenant_data_key_version_check CHECK ((version > 0));
ALTER TABLE tenant_data_key ADD CONSTRAINT tenant_data_key_wrapped_key_check CHECK ((octet_length(wrapped_key) <= 4096));
ALTER TABLE tenant_data_key ADD CONSTRAINT tenant_data_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
ALTER TABLE tenant_data_key ADD CONSTRAINT tenant_data_key_pkey PRIMARY KEY (tenant_id, version);
ALTER TABLE tenant_data_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_data_key FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON tenant_data_key FOR ALL TO alivemcp_app USING (tenant_id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY owner_all ON tenant_data_key FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT ON tenant_data_key TO alivemcp_app;
GRANT UPDATE (provider, provider_key_id, wrapped_key) ON tenant_data_key TO alivemcp_app;

CREATE TABLE tenants (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  kind text NOT NULL DEFAULT 'customer'::text,
  name text NOT NULL,
  plan text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  slug text NOT NULL,
  suspended_at timestamp with time zone,
  suspended_reason text,
  deletion_due_at timestamp with time zone,
  deletion_requested_at timestamp with time zone,
  plan_changed_at timestamp with time zone,
  time_zone text NOT NULL DEFAULT 'UTC'::text
);
ALTER TABLE tenants ADD CONSTRAINT tenants_deletion_is_requested CHECK (((deletion_due_at IS NULL) = (deletion_requested_at IS NULL)));
ALTER TABLE tenants ADD CONSTRAINT tenants_kind_check CHECK ((kind = ANY (ARRAY['public'::text, 'customer'::text])));
ALTER TABLE tenants ADD CONSTRAINT tenants_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)));
ALTER TABLE tenants ADD CONSTRAINT tenants_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'::text));
ALTER TABLE tenants ADD CONSTRAINT tenants_suspended_reason_check CHECK ((length(suspended_reason) <= 500));
ALTER TABLE tenants ADD CONSTRAINT tenants_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 60)));
ALTER TABLE tenants ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);
ALTER TABLE tenants ADD CONSTRAINT tenants_slug_key UNIQUE (slug);
CREATE INDEX tenants_by_deletion ON public.tenants USING btree (deletion_due_at) WHERE (deletion_due_at IS NOT NULL);
CREATE INDEX tenants_by_update ON public.tenants USING btree (updated_at);
CREATE UNIQUE INDEX tenants_one_public ON public.tenants USING btree (kind) WHERE (kind = 'public'::text);
CREATE TRIGGER tenants_touch BEFORE UPDATE ON public.tenants FOR EACH ROW EXECUTE FUNCTION touch_tenant();
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY app_own ON tenants FOR ALL TO alivemcp_app USING (id = ( SELECT current_tenant_id() AS current_tenant_id));
CREATE POLICY identity_all ON tenants FOR SELECT TO alivemcp_identity USING true;
CREATE POLICY operator_all ON tenants FOR ALL TO alivemcp_operator USING true;
CREATE POLICY owner_all ON tenants FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON tenants FOR ALL TO alivemcp_system USING true;
GRANT SELECT ON tenants TO alivemcp_app;
GRANT SELECT ON tenants TO alivemcp_identity;
GRANT SELECT ON tenants TO alivemcp_operator;
GRANT SELECT ON tenants TO alivemcp_system;
GRANT INSERT (id, name, plan, slug) ON tenants TO alivemcp_app;
GRANT UPDATE (name, updated_at, slug, deletion_due_at, deletion_requested_at, time_zone) ON tenants TO alivemcp_app;
GRANT UPDATE (plan, updated_at, suspended_at, suspended_reason, plan_changed_at) ON tenants TO alivemcp_operator;

CREATE TABLE tool_list (
  full_hash text NOT NULL,
  contract_hash text NOT NULL,
  tools_count integer NOT NULL,
  body bytea NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE tool_list ADD CONSTRAINT tool_list_contract_hash_check CHECK ((contract_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE tool_list ADD CONSTRAINT tool_list_full_hash_check CHECK ((full_hash ~ '^[0-9a-f]{64}$'::text));
ALTER TABLE tool_list ADD CONSTRAINT tool_list_tools_count_check CHECK ((tools_count >= 0));
ALTER TABLE tool_list ADD CONSTRAINT tool_list_pkey PRIMARY KEY (full_hash);
ALTER TABLE tool_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE tool_list FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON tool_list FOR SELECT TO alivemcp_app USING ((EXISTS ( SELECT
   FROM endpoint_region_tool_list r
  WHERE ((tool_list.full_hash = r.full_hash) OR (tool_list.full_hash = r.pending_full_hash)))) OR (EXISTS ( SELECT
   FROM endpoint_memory m
  WHERE (m.baseline_full_hash = tool_list.full_hash))) OR (EXISTS ( SELECT
   FROM drift_event d
  WHERE (d.from_full_hash = tool_list.full_hash))) OR (EXISTS ( SELECT
   FROM drift_event d
  WHERE (d.to_full_hash = tool_list.full_hash))));
CREATE POLICY operator_all ON tool_list FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON tool_list FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON tool_list FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON tool_list TO alivemcp_system;
GRANT SELECT ON tool_list TO alivemcp_app;
GRANT SELECT ON tool_list TO alivemcp_operator;

CREATE TABLE transition (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  endpoint_id uuid NOT NULL,
  at timestamp with time zone NOT NULL,
  from_state text NOT NULL,
  to_state text NOT NULL,
  reason text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}'::jsonb
);
ALTER TABLE transition ADD CONSTRAINT transition_endpoint_id_fkey FOREIGN KEY (endpoint_id) REFERENCES endpoints(id) ON DELETE CASCADE;
ALTER TABLE transition ADD CONSTRAINT transition_pkey PRIMARY KEY (id);
ALTER TABLE transition ADD CONSTRAINT transition_once UNIQUE (endpoint_id, at, from_state, to_state, reason);
CREATE INDEX transition_newest ON public.transition USING btree (endpoint_id, at DESC);
ALTER TABLE transition ENABLE ROW LEVEL SECURITY;
ALTER TABLE transition FORCE ROW LEVEL SECURITY;
CREATE POLICY app_visible ON transition FOR SELECT TO alivemcp_app USING (endpoint_id IN ( SELECT v.id
   FROM visible_endpoints() v(id, number)));
CREATE POLICY operator_all ON transition FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON transition FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON transition FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON transition TO alivemcp_system;
GRANT SELECT ON transition TO alivemcp_app;
GRANT SELECT ON transition TO alivemcp_operator;

CREATE TABLE two_factors (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL,
  secret text NOT NULL,
  backup_codes text NOT NULL,
  verified boolean NOT NULL DEFAULT false,
  failed_verification_count integer NOT NULL DEFAULT 0,
  locked_until timestamp with time zone
);
ALTER TABLE two_factors ADD CONSTRAINT two_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE;
ALTER TABLE two_factors ADD CONSTRAINT two_factors_pkey PRIMARY KEY (id);
ALTER TABLE two_factors ADD CONSTRAINT two_factors_user_id_key UNIQUE (user_id);
ALTER TABLE two_factors ENABLE ROW LEVEL SECURITY;
ALTER TABLE two_factors FORCE ROW LEVEL SECURITY;
CREATE POLICY identity_all ON two_factors FOR ALL TO alivemcp_identity USING true;
CREATE POLICY owner_all ON two_factors FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON two_factors TO alivemcp_identity;

CREATE TABLE upkeep_memory (
  task text NOT NULL,
  memory jsonb NOT NULL,
  updated_at timestamp with time zone NOT NULL
);
ALTER TABLE upkeep_memory ADD CONSTRAINT upkeep_memory_task_check CHECK (((length(task) >= 1) AND (length(task) <= 60)));
ALTER TABLE upkeep_memory ADD CONSTRAINT upkeep_memory_pkey PRIMARY KEY (task);
ALTER TABLE upkeep_memory ENABLE ROW LEVEL SECURITY;
ALTER TABLE upkeep_memory FORCE ROW LEVEL SECURITY;
CREATE POLICY operator_all ON upkeep_memory FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON upkeep_memory FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON upkeep_memory FOR ALL TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON upkeep_memory TO alivemcp_system;
GRANT SELECT ON upkeep_memory TO alivemcp_operator;

CREATE TABLE users (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  email text NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  two_factor_enabled boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deletion_requested_at timestamp with time zone,
  welcomed_at timestamp with time zone
);
ALTER TABLE users ADD CONSTRAINT users_email_check CHECK (((length(email) <= 320) AND (email = lower(email))));
ALTER TABLE users ADD CONSTRAINT users_image_check CHECK ((length(image) <= 2048));
ALTER TABLE users ADD CONSTRAINT users_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)));
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
CREATE INDEX users_by_deletion ON public.users USING btree (deletion_requested_at) WHERE (deletion_requested_at IS NOT NULL);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY app_colleagues ON users FOR SELECT TO alivemcp_app USING (EXISTS ( SELECT
   FROM members m
  WHERE ((m.user_id = users.id) AND (m.tenant_id = ( SELECT current_tenant_id() AS current_tenant_id)))));
CREATE POLICY identity_all ON users FOR ALL TO alivemcp_identity USING true;
CREATE POLICY operator_all ON users FOR SELECT TO alivemcp_operator USING true;
CREATE POLICY owner_all ON users FOR ALL TO alivemcp_owner USING true;
CREATE POLICY system_all ON users FOR SELECT TO alivemcp_system USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON users TO alivemcp_identity;
GRANT SELECT (id, name, email, email_verified, deletion_requested_at) ON users TO alivemcp_system;
GRANT SELECT (id, name, email, email_verified, two_factor_enabled, created_at) ON users TO alivemcp_app;
GRANT SELECT (id, name, email, email_verified, two_factor_enabled, created_at) ON users TO alivemcp_operator;

CREATE TABLE verifications (
  id text NOT NULL DEFAULT (gen_random_uuid())::text,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now()
);
ALTER TABLE verifications ADD CONSTRAINT verifications_identifier_check CHECK ((length(identifier) <= 300));
ALTER TABLE verifications ADD CONSTRAINT verifications_value_check CHECK ((length(value) <= 8192));
ALTER TABLE verifications ADD CONSTRAINT verifications_pkey PRIMARY KEY (id);
CREATE INDEX verifications_by_expiry ON public.verifications USING btree (expires_at);
CREATE INDEX verifications_by_identifier ON public.verifications USING btree (identifier);
ALTER TABLE verifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE verifications FORCE ROW LEVEL SECURITY;
CREATE POLICY identity_all ON verifications FOR ALL TO alivemcp_identity USING true;
CREATE POLICY owner_all ON verifications FOR ALL TO alivemcp_owner USING true;
GRANT DELETE, INSERT, SELECT, UPDATE ON verifications TO alivemcp_identity;

CREATE VIEW public_board WITH (security_barrier=true) AS
 SELECT public_endpoint.id,
    public_endpoint.number,
    public_endpoint.slug,
    public_endpoint.name,
    public_endpoint.url_without_query,
    public_endpoint.host,
    public_endpoint.registrable_domain,
    public_endpoint.transport,
    public_endpoint.visibility,
    public_endpoint.standing,
    public_endpoint.cadence_s,
    public_endpoint.regions,
    public_endpoint.confirmation_period_ms,
    public_endpoint.retention_class,
    public_endpoint.paused_at,
    public_endpoint.first_watched_at,
    public_endpoint.is_demo,
    public_endpoint.created_at,
    public_endpoint.is_followed,
    public_endpoint.era,
    public_endpoint.detected_transport,
    public_endpoint.protocol_version,
    public_endpoint.server_name,
    public_endpoint.server_version,
    public_endpoint.tools_count,
    public_endpoint.tls_expires_at,
    public_endpoint.dead_since
   FROM public_endpoint
  WHERE public_endpoint.visibility = 'public'::text;
GRANT SELECT ON public_board TO alivemcp_app;
GRANT SELECT ON public_board TO alivemcp_reader;

CREATE VIEW public_drift_event WITH (security_barrier=true) AS
 SELECT d.id,
    d.endpoint_id,
    d.region,
    d.at,
    d.kind,
    d.from_full_hash,
    d.to_full_hash,
    d.is_breaking,
    d.is_suspicious,
    d.changes,
    d.accepted_at,
    d.release_window_id IS NOT NULL AS is_announced
   FROM drift_event d
     JOIN endpoints e ON e.id = d.endpoint_id
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_drift_event TO alivemcp_app;
GRANT SELECT ON public_drift_event TO alivemcp_reader;

CREATE VIEW public_endpoint WITH (security_barrier=true) AS
 SELECT e.id,
    e.number,
    e.slug,
    e.name,
        CASE e.visibility
            WHEN 'public'::text THEN split_part(e.url, '?'::text, 1)
            ELSE "substring"(e.url, '^https?://[^/?#]+'::text)
        END AS url_without_query,
    e.host,
    e.registrable_domain,
    e.transport,
    e.visibility,
    e.standing,
    e.cadence_s,
    e.regions,
    e.confirmation_period_ms,
    e.retention_class,
    LEAST(e.paused_at, t.suspended_at, t.deletion_requested_at) AS paused_at,
    e.first_watched_at,
    e.is_demo,
    e.created_at,
    f.cadence_s IS NOT NULL AS is_followed,
    m.era,
    m.transport AS detected_transport,
    m.protocol_version,
    m.server_name,
    m.server_version,
    m.tools_count,
    m.tls_expires_at,
    m.dead_since,
    LEAST(e.cadence_s, f.cadence_s) AS wanted_cadence_s,
    POSITION(('?'::text) IN (e.url)) > 0 AS has_query
   FROM endpoints e
     JOIN tenants t ON t.id = e.tenant_id
     LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id
     LEFT JOIN LATERAL ( SELECT min(f_1.cadence_s) AS cadence_s
           FROM follow f_1
             JOIN tenants ft ON ft.id = f_1.tenant_id
          WHERE f_1.endpoint_id = e.id AND f_1.paused_at IS NULL AND ft.suspended_at IS NULL AND ft.deletion_due_at IS NULL) f ON true
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_endpoint TO alivemcp_app;
GRANT SELECT ON public_endpoint TO alivemcp_reader;

CREATE VIEW public_endpoint_state WITH (security_barrier=true) AS
 SELECT s.endpoint_id,
    s.committed,
    s.since,
    s.reason,
    s.flags,
    s.updated_at
   FROM endpoint_state s
     JOIN endpoints e ON e.id = s.endpoint_id
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_endpoint_state TO alivemcp_app;
GRANT SELECT ON public_endpoint_state TO alivemcp_reader;

CREATE VIEW public_incident WITH (security_barrier=true) AS
 SELECT i.id,
    i.endpoint_id,
    i.started_at,
    i.ended_at,
    i.opened_at,
    i.resolved_at,
    i.severity,
    i.severity_worst,
    array_remove(i.causes, 'burn_rate'::text) AS causes,
    i.failure_reason,
    i.regions,
    i.is_flapping
   FROM incident i
     JOIN endpoints e ON e.id = i.endpoint_id
  WHERE (e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text])) AND i.simulated_for IS NULL AND i.causes <> '{burn_rate}'::text[];
GRANT SELECT ON public_incident TO alivemcp_app;
GRANT SELECT ON public_incident TO alivemcp_reader;
GRANT SELECT ON public_incident TO alivemcp_system;

CREATE VIEW public_incident_update WITH (security_barrier=true) AS
 SELECT u.id,
    u.incident_id,
    u.stage,
    u.body,
    u.at
   FROM incident_update u
     JOIN incident i ON i.id = u.incident_id
     JOIN endpoints e ON e.id = i.endpoint_id
  WHERE (e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text])) AND i.simulated_for IS NULL;
GRANT SELECT ON public_incident_update TO alivemcp_app;
GRANT SELECT ON public_incident_update TO alivemcp_reader;
GRANT SELECT ON public_incident_update TO alivemcp_system;

CREATE VIEW public_maintenance WITH (security_barrier=true) AS
 SELECT m.id,
    e.id AS endpoint_id,
    m.name,
    m.note,
    m.starts_at,
    m.ends_at,
    m.recurrence,
    m.cancelled_at
   FROM maintenance_window m
     JOIN endpoints e ON e.tenant_id = m.tenant_id
  WHERE (e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text])) AND m.is_public AND ((m.scope ->> 'kind'::text) = 'all'::text OR (m.scope -> 'endpointIds'::text) ? e.id::text OR (m.scope -> 'tags'::text) ?| e.tags OR (m.scope -> 'groups'::text) ? e.group_name);
GRANT SELECT ON public_maintenance TO alivemcp_reader;

CREATE VIEW public_probe_day WITH (security_barrier=true) AS
 SELECT d.endpoint_number,
    d.day,
    d.up_minutes,
    d.degraded_minutes,
    d.down_minutes,
    d.auth_walled_minutes,
    d.unknown_minutes,
    d.maintenance_minutes,
    d.latency_histogram
   FROM probe_day d
     JOIN endpoints e ON e.number = d.endpoint_number
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_probe_day TO alivemcp_app;
GRANT SELECT ON public_probe_day TO alivemcp_reader;

CREATE VIEW public_probe_minute WITH (security_barrier=true) AS
 SELECT m.endpoint_number,
    m.minute_at,
    m.state,
    m.reason,
    m.latency_ms,
    m.covers_minutes,
    m.regions
   FROM probe_minute m
     JOIN endpoints e ON e.number = m.endpoint_number
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_probe_minute TO alivemcp_app;
GRANT SELECT ON public_probe_minute TO alivemcp_reader;

CREATE VIEW public_retired_slug WITH (security_barrier=true) AS
 SELECT r.slug AS old_slug,
    e.slug
   FROM retired_slug r
     JOIN endpoints e ON e.id = r.endpoint_id
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_retired_slug TO alivemcp_app;
GRANT SELECT ON public_retired_slug TO alivemcp_reader;

CREATE VIEW public_state_span WITH (security_barrier=true) AS
 SELECT s.endpoint_id,
    s.state,
    s.from_at,
    s.to_at
   FROM state_span s
     JOIN endpoints e ON e.id = s.endpoint_id
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_state_span TO alivemcp_app;
GRANT SELECT ON public_state_span TO alivemcp_reader;

CREATE VIEW public_status_page WITH (security_barrier=true) AS
 SELECT p.id,
    p.slug,
    p.title,
    p.description,
    p.updated_at
   FROM status_page p
     JOIN tenants t ON t.id = p.tenant_id
  WHERE t.suspended_at IS NULL;
GRANT SELECT ON public_status_page TO alivemcp_reader;

CREATE VIEW public_status_page_endpoint WITH (security_barrier=true) AS
 SELECT m.page_id,
    m.endpoint_id,
    m."position"
   FROM status_page_endpoint m
     JOIN endpoints e ON e.id = m.endpoint_id
  WHERE e.visibility = 'public'::text OR e.visibility = 'unlisted'::text AND e.tenant_id = m.tenant_id;
GRANT SELECT ON public_status_page_endpoint TO alivemcp_reader;

CREATE VIEW public_status_page_host WITH (security_barrier=true) AS
 SELECT h.host,
    p.slug
   FROM status_page_host h
     JOIN public_status_page p ON p.id = h.page_id;
GRANT SELECT ON public_status_page_host TO alivemcp_reader;

CREATE VIEW public_status_page_logo WITH (security_barrier=true) AS
 SELECT p.slug,
    l.content_type,
    l.bytes
   FROM status_page_logo l
     JOIN public_status_page p ON p.id = l.page_id;
GRANT SELECT ON public_status_page_logo TO alivemcp_reader;

CREATE VIEW public_transition WITH (security_barrier=true) AS
 SELECT t.id,
    t.endpoint_id,
    t.at,
    t.from_state,
    t.to_state,
    t.reason,
    t.facts
   FROM transition t
     JOIN endpoints e ON e.id = t.endpoint_id
  WHERE e.visibility = ANY (ARRAY['public'::text, 'unlisted'::text]);
GRANT SELECT ON public_transition TO alivemcp_app;
GRANT SELECT ON public_transition TO alivemcp_reader;

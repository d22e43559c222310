-- why: accounts, the endpoints they watch, who follows whom, who asked not to be probed; row-level security from the start
-- locks: none, every table is new
-- breaking: no

-- Functions are for the roles named beside them, never for everybody.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

GRANT USAGE ON SCHEMA public
  TO alivemcp_app, alivemcp_identity, alivemcp_system, alivemcp_operator, alivemcp_reader;

-- The tenant of this transaction; null when it was never set, and null equals no row.
CREATE FUNCTION current_tenant_id() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
GRANT EXECUTE ON FUNCTION current_tenant_id() TO alivemcp_app;

CREATE TABLE tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL DEFAULT 'customer' CHECK (kind IN ('public', 'customer')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  plan text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX tenants_one_public ON tenants (kind) WHERE kind = 'public';

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON tenants TO alivemcp_owner USING (true);
CREATE POLICY system_all ON tenants TO alivemcp_system USING (true);
CREATE POLICY operator_all ON tenants TO alivemcp_operator USING (true);
CREATE POLICY app_own ON tenants TO alivemcp_app USING (id = (SELECT current_tenant_id()));
GRANT SELECT ON tenants TO alivemcp_app, alivemcp_system, alivemcp_operator;

CREATE TABLE endpoints (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- Narrow key of the probe tables, whose rows are many.
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  tenant_id uuid NOT NULL REFERENCES tenants (id),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,118}[a-z0-9])?$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  url text NOT NULL CHECK (length(url) <= 2048),
  normalized_url text NOT NULL CHECK (length(normalized_url) <= 2048),
  host text NOT NULL CHECK (length(host) <= 255),
  registrable_domain text NOT NULL CHECK (length(registrable_domain) <= 255),
  transport text NOT NULL DEFAULT 'auto' CHECK (transport IN ('auto', 'http', 'sse')),
  visibility text NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private')),
  standing text NOT NULL CHECK (standing IN ('unclaimed', 'added', 'claimed')),
  cadence_s integer NOT NULL DEFAULT 60 CHECK (cadence_s BETWEEN 30 AND 86400 AND 86400 % cadence_s = 0),
  -- Empty means every region of this installation.
  regions text[] NOT NULL DEFAULT '{}',
  confirmation_period_ms integer NOT NULL DEFAULT 30000 CHECK (confirmation_period_ms BETWEEN 0 AND 600000),
  health jsonb NOT NULL DEFAULT '{"kind": "auto"}',
  config_version integer NOT NULL DEFAULT 1,
  retention_class text NOT NULL CHECK (retention_class IN ('public', 'author', 'team', 'enterprise')),
  paused_at timestamptz,
  first_watched_at timestamptz NOT NULL DEFAULT now(),
  runbook_url text CHECK (length(runbook_url) <= 2048),
  is_demo boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT endpoints_one_url_per_tenant UNIQUE (tenant_id, normalized_url)
);
-- A URL is on the board once: the second to add it is offered follow or claim, never a second probe.
CREATE UNIQUE INDEX endpoints_one_url_on_board ON endpoints (normalized_url) WHERE visibility = 'public';
CREATE INDEX endpoints_by_domain ON endpoints (registrable_domain);
-- Schedulers read what changed since their last look.
CREATE INDEX endpoints_by_update ON endpoints (updated_at);

CREATE FUNCTION bump_config_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.url, NEW.transport, NEW.cadence_s, NEW.regions, NEW.confirmation_period_ms, NEW.health, NEW.standing)
     IS DISTINCT FROM
     (OLD.url, OLD.transport, OLD.cadence_s, OLD.regions, OLD.confirmation_period_ms, OLD.health, OLD.standing)
  THEN
    NEW.config_version := OLD.config_version + 1;
  END IF;
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER endpoints_bump_config_version BEFORE UPDATE ON endpoints
  FOR EACH ROW EXECUTE FUNCTION bump_config_version();

ALTER TABLE endpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON endpoints TO alivemcp_owner USING (true);
CREATE POLICY system_all ON endpoints TO alivemcp_system USING (true);
CREATE POLICY operator_all ON endpoints TO alivemcp_operator USING (true);
CREATE POLICY app_own ON endpoints TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON endpoints TO alivemcp_app;
GRANT SELECT ON endpoints TO alivemcp_system, alivemcp_operator;
-- The crawler adds what registries list; an operator pauses what misbehaves.
GRANT INSERT, UPDATE ON endpoints TO alivemcp_system;
GRANT UPDATE ON endpoints TO alivemcp_operator;

CREATE TABLE follow (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  cadence_s integer NOT NULL CHECK (cadence_s BETWEEN 30 AND 86400 AND 86400 % cadence_s = 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, endpoint_id)
);
CREATE INDEX follow_by_endpoint ON follow (endpoint_id);

ALTER TABLE follow ENABLE ROW LEVEL SECURITY;
ALTER TABLE follow FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON follow TO alivemcp_owner USING (true);
CREATE POLICY system_all ON follow TO alivemcp_system USING (true);
CREATE POLICY operator_all ON follow TO alivemcp_operator USING (true);
CREATE POLICY app_own ON follow TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON follow TO alivemcp_app;
GRANT SELECT, DELETE ON follow TO alivemcp_system;
GRANT SELECT ON follow TO alivemcp_operator;

-- A follower may ask for a shorter cadence than the owner's, so the endpoint's schedule changed.
CREATE FUNCTION touch_followed_endpoint() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  UPDATE endpoints SET updated_at = now() WHERE id IN (OLD.endpoint_id, NEW.endpoint_id);
  RETURN NULL;
END $$;
CREATE TRIGGER follow_touches_endpoint AFTER INSERT OR UPDATE OR DELETE ON follow
  FOR EACH ROW EXECUTE FUNCTION touch_followed_endpoint();

-- The one place of the rule "the endpoint is mine or I follow it". A followed endpoint that is no longer public is
-- gone for its followers at once, whether or not they were detached yet.
CREATE FUNCTION visible_endpoints() RETURNS TABLE (id uuid, number integer)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT e.id, e.number FROM endpoints e WHERE e.tenant_id = current_tenant_id()
    UNION ALL
    SELECT e.id, e.number FROM follow f JOIN endpoints e ON e.id = f.endpoint_id
    WHERE f.tenant_id = current_tenant_id() AND e.tenant_id <> f.tenant_id AND e.visibility = 'public'
  $$;
GRANT EXECUTE ON FUNCTION visible_endpoints() TO alivemcp_app;

-- What an adder may know of another tenant's endpoint: that this URL is on the board.
CREATE FUNCTION board_endpoint_at(wanted_url text) RETURNS TABLE (id uuid, slug text, standing text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT e.id, e.slug, e.standing FROM endpoints e
    WHERE e.normalized_url = wanted_url AND e.visibility = 'public'
  $$;
GRANT EXECUTE ON FUNCTION board_endpoint_at(text) TO alivemcp_app, alivemcp_system;

-- Who asked not to be probed. Unclaimed endpoints obey at once; owners' own endpoints only when the request was
-- verified, so that nobody can blind a competitor's monitoring.
CREATE TABLE opt_out (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL CHECK (kind IN ('domain', 'host', 'url')),
  target text NOT NULL CHECK (length(target) BETWEEN 1 AND 2048),
  contact text CHECK (length(contact) <= 320),
  note text CHECK (length(note) <= 1000),
  requested_at timestamptz NOT NULL DEFAULT now(),
  verified_at timestamptz,
  withdrawn_at timestamptz
);
CREATE UNIQUE INDEX opt_out_one_in_force ON opt_out (kind, target) WHERE withdrawn_at IS NULL;

ALTER TABLE opt_out ENABLE ROW LEVEL SECURITY;
ALTER TABLE opt_out FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON opt_out TO alivemcp_owner USING (true);
CREATE POLICY system_all ON opt_out TO alivemcp_system USING (true);
CREATE POLICY operator_all ON opt_out TO alivemcp_operator USING (true);
CREATE POLICY app_insert ON opt_out FOR INSERT TO alivemcp_app WITH CHECK (verified_at IS NULL AND withdrawn_at IS NULL);
GRANT INSERT (kind, target, contact, note) ON opt_out TO alivemcp_app;
GRANT SELECT ON opt_out TO alivemcp_system;
GRANT SELECT, INSERT, UPDATE ON opt_out TO alivemcp_operator;

-- Owns what nobody claimed yet.
INSERT INTO tenants (id, kind, name, plan)
VALUES ('00000000-0000-4000-8000-000000000001', 'public', 'Public', 'public');

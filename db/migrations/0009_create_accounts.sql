-- why: people, the workspaces they belong to, invitations, API keys, and the audit log that every change writes into
-- locks: tenants, for the milliseconds of adding columns to a handful of rows
-- breaking: no

-- A tenant is a workspace: it has an address, may be suspended by operators, and may be on its way to deletion.
ALTER TABLE tenants
  ADD COLUMN slug text CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$'),
  ADD COLUMN suspended_at timestamptz,
  ADD COLUMN suspended_reason text CHECK (length(suspended_reason) <= 500),
  ADD COLUMN deletion_due_at timestamptz;
UPDATE tenants SET slug = CASE kind WHEN 'public' THEN 'public' ELSE 'default' || substr(id::text, 36) END;
UPDATE tenants SET slug = 'default' WHERE id = '00000000-0000-4000-8000-000000000002';
ALTER TABLE tenants ALTER COLUMN slug SET NOT NULL, ADD CONSTRAINT tenants_slug_key UNIQUE (slug);
CREATE INDEX tenants_by_deletion ON tenants (deletion_due_at) WHERE deletion_due_at IS NOT NULL;

CREATE POLICY identity_all ON tenants FOR SELECT TO alivemcp_identity USING (true);
GRANT SELECT ON tenants TO alivemcp_identity;
GRANT INSERT (id, name, slug, plan), UPDATE (name, slug, deletion_due_at, updated_at) ON tenants TO alivemcp_app;
GRANT UPDATE (plan, suspended_at, suspended_reason, updated_at) ON tenants TO alivemcp_operator;

-- A person. What proves who they are (sessions, passwords, second factors) is the identity role's alone.
CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  email text NOT NULL UNIQUE CHECK (length(email) <= 320 AND email = lower(email)),
  email_verified boolean NOT NULL DEFAULT false,
  image text CHECK (length(image) <= 2048),
  two_factor_enabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE members (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users (id),
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE UNIQUE INDEX members_one_owner ON members (tenant_id) WHERE role = 'owner';
CREATE INDEX members_by_user ON members (user_id);

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON users TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON users TO alivemcp_identity USING (true);
CREATE POLICY app_colleagues ON users FOR SELECT TO alivemcp_app USING (
  EXISTS (SELECT FROM members m WHERE m.user_id = users.id AND m.tenant_id = (SELECT current_tenant_id())));
CREATE POLICY operator_all ON users FOR SELECT TO alivemcp_operator USING (true);
CREATE POLICY system_all ON users FOR SELECT TO alivemcp_system USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO alivemcp_identity;
GRANT SELECT (id, name, email, email_verified, two_factor_enabled, created_at) ON users TO alivemcp_app, alivemcp_operator;
GRANT SELECT (id, name, email, email_verified) ON users TO alivemcp_system;

ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE members FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON members TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON members FOR SELECT TO alivemcp_identity USING (true);
CREATE POLICY system_all ON members FOR SELECT TO alivemcp_system USING (true);
CREATE POLICY operator_all ON members FOR SELECT TO alivemcp_operator USING (true);
CREATE POLICY app_own ON members TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT ON members TO alivemcp_identity, alivemcp_system, alivemcp_operator;
GRANT SELECT, INSERT, UPDATE, DELETE ON members TO alivemcp_app;

CREATE TABLE invitations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  email text NOT NULL CHECK (length(email) <= 320 AND email = lower(email)),
  role text NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
  -- SHA-256 of the token in the mail; the token itself is stored nowhere.
  token_hash text NOT NULL UNIQUE CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  invited_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz
);
CREATE UNIQUE INDEX invitations_one_open ON invitations (tenant_id, email)
  WHERE accepted_at IS NULL AND revoked_at IS NULL;

ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON invitations TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON invitations FOR SELECT TO alivemcp_identity USING (true);
CREATE POLICY app_own ON invitations TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT ON invitations TO alivemcp_identity;
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO alivemcp_app;

-- `amk_live_<prefix>_<secret>`: found by its prefix, proven by the hash of its secret.
CREATE TABLE api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  prefix text NOT NULL UNIQUE CHECK (prefix ~ '^[0-9A-Za-z]{8}$'),
  secret_hash text NOT NULL CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 32),
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX api_keys_by_tenant ON api_keys (tenant_id);

ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON api_keys TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON api_keys TO alivemcp_identity USING (true);
CREATE POLICY app_own ON api_keys TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, UPDATE (last_used_at) ON api_keys TO alivemcp_identity;
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO alivemcp_app;

-- Who did what to what, when, why and from where. What was written is held as a hash only, so that the log can prove a
-- content without keeping it. No foreign keys: the log outlives what it speaks of.
CREATE TABLE audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  -- Null: something a person did to their own account.
  tenant_id uuid,
  actor_kind text NOT NULL CHECK (actor_kind IN ('member', 'api-key', 'operator', 'system', 'user')),
  actor_id text CHECK (length(actor_id) <= 100),
  action text NOT NULL CHECK (length(action) <= 100),
  target_kind text NOT NULL CHECK (length(target_kind) <= 50),
  target_id text CHECK (length(target_id) <= 200),
  reason text CHECK (length(reason) <= 500),
  from_address text CHECK (length(from_address) <= 100),
  request_id text CHECK (length(request_id) <= 300),
  -- SHA-256 over the RFC 8785 canonical JSON of what was written; null when nothing was.
  content_hash text CHECK (content_hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX audit_log_by_tenant ON audit_log (tenant_id, id DESC);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
  FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_log_never_truncated BEFORE TRUNCATE ON audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON audit_log TO alivemcp_owner USING (true);
CREATE POLICY operator_all ON audit_log TO alivemcp_operator USING (true);
CREATE POLICY system_insert ON audit_log FOR INSERT TO alivemcp_system WITH CHECK (true);
CREATE POLICY identity_own ON audit_log TO alivemcp_identity USING (tenant_id IS NULL);
CREATE POLICY app_own ON audit_log TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT ON audit_log TO alivemcp_app, alivemcp_operator, alivemcp_identity;
GRANT INSERT ON audit_log TO alivemcp_system;

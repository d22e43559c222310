-- why: credentials of private endpoints: a data key per tenant, what it encrypts, and what may be said about it
-- locks: endpoints, for a column with a constant default and for building one unique index over it
-- breaking: no

-- Counts changes of the endpoint's credential, deletions too: a version is never used twice, so neither a ticket nor a
-- ciphertext of an earlier credential fits a later one.
ALTER TABLE endpoints ADD COLUMN credential_version integer NOT NULL DEFAULT 0;
-- A credential belongs to endpoint and tenant together: while it is there, the endpoint cannot change hands.
ALTER TABLE endpoints ADD CONSTRAINT endpoints_of_tenant UNIQUE (id, tenant_id);

-- AES-256 keys that encrypt one tenant's secrets, each wrapped by a key of the key provider (apps/api/src/vault).
CREATE TABLE tenant_data_key (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  version integer NOT NULL CHECK (version > 0),
  provider text NOT NULL CHECK (length(provider) <= 50),
  provider_key_id text NOT NULL CHECK (length(provider_key_id) <= 500),
  wrapped_key bytea NOT NULL CHECK (octet_length(wrapped_key) <= 4096),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, version)
);

ALTER TABLE tenant_data_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_data_key FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON tenant_data_key TO alivemcp_owner USING (true);
CREATE POLICY app_own ON tenant_data_key TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, DELETE, UPDATE (provider, provider_key_id, wrapped_key) ON tenant_data_key TO alivemcp_app;

CREATE TABLE endpoint_credential (
  endpoint_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  kind text NOT NULL CHECK (kind IN ('bearer', 'headers', 'client_credentials', 'connect')),
  data_key_version integer NOT NULL,
  -- Nonce, ciphertext, tag; tenant, endpoint and version are its additional data.
  sealed bytea NOT NULL CHECK (octet_length(sealed) <= 65536),
  -- What may be shown: header names, last four characters, issuer, client id. Never enough to log in with.
  hints jsonb NOT NULL,
  expires_at timestamptz,
  expiry_source text CHECK (expiry_source IN ('declared', 'jwt')),
  -- Null: an API key stored it, or the person is gone.
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((expires_at IS NULL) = (expiry_source IS NULL)),
  FOREIGN KEY (endpoint_id, tenant_id) REFERENCES endpoints (id, tenant_id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, data_key_version) REFERENCES tenant_data_key (tenant_id, version)
);
CREATE INDEX endpoint_credential_by_data_key ON endpoint_credential (tenant_id, data_key_version);
CREATE INDEX endpoint_credential_by_expiry ON endpoint_credential (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE endpoint_credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_credential FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON endpoint_credential TO alivemcp_owner USING (true);
CREATE POLICY system_all ON endpoint_credential FOR SELECT TO alivemcp_system USING (true);
CREATE POLICY app_own ON endpoint_credential TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON endpoint_credential TO alivemcp_app;
-- Who schedules and warns needs to know that there is one, never what it is.
GRANT SELECT (endpoint_id, tenant_id, version, kind, expires_at, created_at) ON endpoint_credential TO alivemcp_system;

-- What an authorization server gave for a credential. The api alone asks for it and renews it.
CREATE TABLE endpoint_oauth_token (
  endpoint_id uuid PRIMARY KEY REFERENCES endpoint_credential (endpoint_id) ON DELETE CASCADE,
  tenant_id uuid NOT NULL,
  credential_version integer NOT NULL,
  data_key_version integer NOT NULL,
  -- Removed when it expires.
  access_sealed bytea CHECK (octet_length(access_sealed) <= 65536),
  access_expires_at timestamptz,
  obtained_at timestamptz,
  refresh_sealed bytea CHECK (octet_length(refresh_sealed) <= 65536),
  -- The authorization server refused the grant; in force until the credential is replaced or a later try succeeds.
  rejected_at timestamptz,
  rejected_detail text CHECK (length(rejected_detail) <= 200),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, data_key_version) REFERENCES tenant_data_key (tenant_id, version)
);
CREATE INDEX endpoint_oauth_token_by_data_key ON endpoint_oauth_token (tenant_id, data_key_version);

ALTER TABLE endpoint_oauth_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_oauth_token FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON endpoint_oauth_token TO alivemcp_owner USING (true);
CREATE POLICY app_own ON endpoint_oauth_token TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON endpoint_oauth_token TO alivemcp_app;

-- Tenants that have a vault, in the order of their ids: rotation goes through them one by one, inside each one's own
-- row-level security.
CREATE FUNCTION vault_tenants(after_id uuid, limit_count integer) RETURNS TABLE (tenant_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT DISTINCT k.tenant_id FROM tenant_data_key k
    WHERE after_id IS NULL OR k.tenant_id > after_id
    ORDER BY k.tenant_id LIMIT limit_count
  $$;
GRANT EXECUTE ON FUNCTION vault_tenants(uuid, integer) TO alivemcp_app;

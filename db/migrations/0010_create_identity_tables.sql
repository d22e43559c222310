-- why: what proves who a person is: sessions, log-ins, single-use tokens, second factors; the identity role's alone
-- locks: none, every table is new
-- breaking: no

CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- Half of the cookie; without its signature, which needs AUTH_SECRET, it opens nothing.
  token text NOT NULL UNIQUE CHECK (length(token) <= 100),
  expires_at timestamptz NOT NULL,
  ip_address text CHECK (length(ip_address) <= 100),
  user_agent text CHECK (length(user_agent) <= 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- One way to sign in: a password (`credential`), or an account at another service.
CREATE TABLE accounts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider_id text NOT NULL CHECK (length(provider_id) <= 50),
  -- The person's id at the provider; for a password their own.
  account_id text NOT NULL CHECK (length(account_id) <= 200),
  password text CHECK (length(password) <= 500),
  -- Encrypted, and not used after the sign-in.
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT accounts_one_owner UNIQUE (provider_id, account_id)
);
CREATE INDEX accounts_by_user ON accounts (user_id);

-- Single-use tokens, each found by the hash of what the mail or the cookie carries.
CREATE TABLE verifications (
  -- Text: some rows are named by a hash, so that only the first to write one wins.
  id text PRIMARY KEY DEFAULT gen_random_uuid()::text,
  identifier text NOT NULL CHECK (length(identifier) <= 300),
  value text NOT NULL CHECK (length(value) <= 8192),
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verifications_by_identifier ON verifications (identifier);
CREATE INDEX verifications_by_expiry ON verifications (expires_at);

CREATE TABLE two_factors (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL UNIQUE REFERENCES users (id) ON DELETE CASCADE,
  -- Secret and recovery codes, encrypted with a key derived from AUTH_SECRET.
  secret text NOT NULL,
  backup_codes text NOT NULL,
  -- False until the first code was typed in.
  verified boolean NOT NULL DEFAULT false,
  failed_verification_count integer NOT NULL DEFAULT 0,
  locked_until timestamptz
);

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON sessions TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON sessions TO alivemcp_identity USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO alivemcp_identity;

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON accounts TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON accounts TO alivemcp_identity USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO alivemcp_identity;

ALTER TABLE verifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE verifications FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON verifications TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON verifications TO alivemcp_identity USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON verifications TO alivemcp_identity;

ALTER TABLE two_factors ENABLE ROW LEVEL SECURITY;
ALTER TABLE two_factors FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON two_factors TO alivemcp_owner USING (true);
CREATE POLICY identity_all ON two_factors TO alivemcp_identity USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON two_factors TO alivemcp_identity;

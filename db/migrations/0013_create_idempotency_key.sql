-- why: a client that lost an answer of the API may send the request again, and nothing is done twice
-- locks: none, the table is new
-- breaking: no

CREATE TABLE idempotency_key (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  -- The API key that sent it: two clients of one workspace do not get into each other's way.
  caller_id text NOT NULL CHECK (length(caller_id) <= 100),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- SHA-256 of method, path and body: the same key with another request is a mistake.
  request_hash text NOT NULL CHECK (request_hash ~ '^[0-9a-f]{64}$'),
  -- Who works on it now; an attempt that lost the row to another cannot commit.
  attempt uuid NOT NULL,
  started_at timestamptz NOT NULL,
  -- Written in the transaction of the change itself. Set without an answer: done, but the answer was lost.
  changed_at timestamptz,
  status smallint CHECK (status BETWEEN 200 AND 299),
  -- Headers and body, encrypted under the caller's own API key: some answers show a secret once.
  answer bytea CHECK (octet_length(answer) <= 2097152),
  CONSTRAINT idempotency_key_answered CHECK ((status IS NULL) = (answer IS NULL)),
  PRIMARY KEY (tenant_id, caller_id, key)
);
CREATE INDEX idempotency_key_by_age ON idempotency_key (started_at);

ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON idempotency_key TO alivemcp_owner USING (true);
CREATE POLICY system_all ON idempotency_key TO alivemcp_system USING (true);
CREATE POLICY app_own ON idempotency_key TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO alivemcp_app;
GRANT SELECT (tenant_id, caller_id, key, started_at), DELETE ON idempotency_key TO alivemcp_system;

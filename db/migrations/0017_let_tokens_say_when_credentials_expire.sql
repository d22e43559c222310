-- why: a credential got by Connect without a refresh token ends when its access token does, and its owner is warned
-- locks: endpoint_credential, for checking its rows against one condition
-- breaking: no
ALTER TABLE endpoint_credential
  DROP CONSTRAINT endpoint_credential_expiry_source_check,
  ADD CONSTRAINT endpoint_credential_expiry_source_check CHECK (expiry_source IN ('declared', 'jwt', 'token'));

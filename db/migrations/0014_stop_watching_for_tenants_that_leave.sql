-- why: endpoints of workspaces that are suspended or on their way out are not probed; a plan can pause a follow; mails of an invitation are counted; a change of role ends sessions
-- locks: tenants, follow, invitations and users, for the milliseconds of adding columns without defaults or with constant ones
-- breaking: no

ALTER TABLE tenants
  ADD COLUMN deletion_requested_at timestamptz,
  -- Null: the plan it began with. What exceeds a smaller plan is kept for a while after it.
  ADD COLUMN plan_changed_at timestamptz,
  ADD CONSTRAINT tenants_deletion_is_requested CHECK ((deletion_due_at IS NULL) = (deletion_requested_at IS NULL));
GRANT UPDATE (deletion_requested_at) ON tenants TO alivemcp_app;
GRANT UPDATE (plan_changed_at) ON tenants TO alivemcp_operator;

-- Schedulers read what changed since their last look.
CREATE INDEX tenants_by_update ON tenants (updated_at);
CREATE FUNCTION touch_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;
CREATE TRIGGER tenants_touch BEFORE UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION touch_tenant();

ALTER TABLE follow ADD COLUMN paused_at timestamptz;
-- An operator changes a plan, and with it what the plan leaves unpaused.
GRANT UPDATE (cadence_s, paused_at) ON follow TO alivemcp_operator;

ALTER TABLE invitations
  ADD COLUMN sent_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN sent_count integer NOT NULL DEFAULT 1;

ALTER TABLE users ADD COLUMN deletion_requested_at timestamptz;
GRANT SELECT (deletion_requested_at) ON users TO alivemcp_system;
CREATE INDEX users_by_deletion ON users (deletion_requested_at) WHERE deletion_requested_at IS NOT NULL;

-- For whoever changes a role: the person has to sign in again. In the transaction of the change, so that there is no
-- moment with the new role and an old session. Only for members of the tenant of this transaction.
CREATE FUNCTION end_sessions_of_member(person uuid) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE ended integer;
BEGIN
  DELETE FROM sessions s WHERE s.user_id = person
    AND EXISTS (SELECT FROM members m WHERE m.user_id = person AND m.tenant_id = current_tenant_id());
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;
GRANT EXECUTE ON FUNCTION end_sessions_of_member(uuid) TO alivemcp_app;

-- An endpoint whose owner is suspended or leaves is shown as paused, for that is what it is: nobody looks at it. Its
-- page and badge stay until the owner is erased, because an owner may come back. Followers that are paused or leave
-- neither shorten the cadence nor keep a dead endpoint busy.
CREATE OR REPLACE VIEW public_endpoint WITH (security_barrier) AS
  SELECT e.id, e.number, e.slug, e.name,
    -- A query string may hold a key; of an unlisted endpoint only scheme and host are told.
    CASE e.visibility
      WHEN 'public' THEN split_part(e.url, '?', 1)
      ELSE substring(e.url FROM '^https?://[^/?#]+')
    END AS url_without_query,
    e.host, e.registrable_domain, e.transport, e.visibility, e.standing, e.cadence_s, e.regions,
    e.confirmation_period_ms, e.retention_class,
    least(e.paused_at, t.suspended_at, t.deletion_requested_at) AS paused_at,
    e.first_watched_at, e.is_demo, e.created_at,
    f.cadence_s IS NOT NULL AS is_followed,
    m.era, m.transport AS detected_transport, m.protocol_version, m.server_name, m.server_version, m.tools_count,
    m.tls_expires_at, m.dead_since,
    -- The shortest among owner and followers.
    least(e.cadence_s, f.cadence_s) AS wanted_cadence_s,
    position('?' IN e.url) > 0 AS has_query
  FROM endpoints e
  JOIN tenants t ON t.id = e.tenant_id
  LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id
  LEFT JOIN LATERAL (
    SELECT min(f.cadence_s) AS cadence_s FROM follow f JOIN tenants ft ON ft.id = f.tenant_id
    WHERE f.endpoint_id = e.id AND f.paused_at IS NULL AND ft.suspended_at IS NULL AND ft.deletion_due_at IS NULL
  ) f ON true
  WHERE e.visibility IN ('public', 'unlisted');

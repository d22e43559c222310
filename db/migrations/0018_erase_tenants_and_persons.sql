-- why: what is deleted is erased everywhere: a queue of endpoints whose rows and keys are still to go, and guarded functions that let the archiver erase tenants and persons who asked for it, and nobody else
-- locks: endpoints, for the moment of adding a trigger
-- breaking: no

-- Endpoints that are gone, with what their probes left behind. A row goes when a pass over tables and keys found nothing.
CREATE TABLE endpoint_erasure (
  endpoint_id uuid PRIMARY KEY,
  endpoint_number integer NOT NULL,
  deleted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX endpoint_erasure_by_age ON endpoint_erasure (deleted_at);

ALTER TABLE endpoint_erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON endpoint_erasure TO alivemcp_owner USING (true);
CREATE POLICY system_all ON endpoint_erasure TO alivemcp_system USING (true);
GRANT SELECT, DELETE ON endpoint_erasure TO alivemcp_system;

-- Whoever deletes an endpoint, by whatever way, has it erased.
CREATE FUNCTION queue_endpoint_erasure() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  INSERT INTO endpoint_erasure (endpoint_id, endpoint_number) VALUES (OLD.id, OLD.number)
  ON CONFLICT (endpoint_id) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER endpoints_queue_erasure AFTER DELETE ON endpoints
  FOR EACH ROW EXECUTE FUNCTION queue_endpoint_erasure();

-- A tenant may be erased when its owner asked for it and the time is over. The public tenant never.
CREATE FUNCTION require_due_tenant(wanted uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp
  AS $$
BEGIN
  PERFORM FROM tenants t WHERE t.id = wanted AND t.kind = 'customer' AND t.deletion_due_at <= now() FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the deletion of this tenant is not due';
  END IF;
END $$;

-- Deletes at most `limit_count` rows of one table of a tenant that is due; answers how many went. With the members go
-- the sessions of those who belong to no other workspace: they have nothing left to be signed in for.
CREATE FUNCTION erase_tenant_rows(wanted uuid, table_name text, limit_count integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
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
END $$;
GRANT EXECUTE ON FUNCTION erase_tenant_rows(uuid, text, integer) TO alivemcp_system;

CREATE FUNCTION erase_tenant(wanted uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  PERFORM require_due_tenant(wanted);
  DELETE FROM tenants t WHERE t.id = wanted;
END $$;
GRANT EXECUTE ON FUNCTION erase_tenant(uuid) TO alivemcp_system;

-- A person may be erased who asked for it and owns no workspace: those are erased, or handed over, first.
CREATE FUNCTION erasable_persons(limit_count integer) RETURNS TABLE (user_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    SELECT u.id FROM users u
    WHERE u.deletion_requested_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM members m WHERE m.user_id = u.id AND m.role = 'owner')
    ORDER BY u.deletion_requested_at LIMIT limit_count
  $$;
GRANT EXECUTE ON FUNCTION erasable_persons(integer) TO alivemcp_system;

CREATE FUNCTION require_erasable_person(wanted uuid) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp
  AS $$
BEGIN
  PERFORM FROM users u WHERE u.id = wanted AND u.deletion_requested_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM members m WHERE m.user_id = u.id AND m.role = 'owner') FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this person did not ask to be erased, or owns a workspace';
  END IF;
END $$;

CREATE FUNCTION erase_person_rows(wanted uuid, table_name text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE erased integer;
BEGIN
  PERFORM require_erasable_person(wanted);
  EXECUTE format('DELETE FROM %I WHERE user_id = $1', table_name) USING wanted;
  GET DIAGNOSTICS erased = ROW_COUNT;
  RETURN erased;
END $$;
GRANT EXECUTE ON FUNCTION erase_person_rows(uuid, text) TO alivemcp_system;

-- Last of all the person's own row, what was about to prove their address, and invitations to it.
CREATE FUNCTION erase_person(wanted uuid) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
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
END $$;
GRANT EXECUTE ON FUNCTION erase_person(uuid) TO alivemcp_system;

-- What a smaller plan paused is kept for 30 days, then deleted; the queue above does the rest. Whoever is on the way
-- out is left to that way.
CREATE FUNCTION delete_excess_endpoints(limit_count integer)
  RETURNS TABLE (endpoint_id uuid, tenant_id uuid, slug text)
  LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
    DELETE FROM endpoints e WHERE e.id IN (
      SELECT x.id FROM endpoints x JOIN tenants t ON t.id = x.tenant_id
      WHERE x.paused_reason = 'plan' AND x.paused_at <= now() - interval '30 days' AND t.kind = 'customer'
        AND t.deletion_due_at IS NULL
      ORDER BY x.paused_at LIMIT limit_count)
    RETURNING e.id, e.tenant_id, e.slug
  $$;
GRANT EXECUTE ON FUNCTION delete_excess_endpoints(integer) TO alivemcp_system;
CREATE INDEX endpoints_paused_by_plan ON endpoints (paused_at) WHERE paused_reason = 'plan';

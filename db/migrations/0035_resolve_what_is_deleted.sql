-- why: an endpoint that is deleted takes its incidents along; who was told of one must be told that it is over
-- locks: endpoints, for the milliseconds of adding a trigger
-- breaking: no

-- Open incidents that ended with their endpoint: where they were told, until the router has told their end there.
CREATE TABLE orphaned_thread (
  -- The dedup_key of the incident: the id of the row that is gone.
  dedup_key uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  endpoint_name text NOT NULL,
  endpoint_slug text NOT NULL,
  severity text NOT NULL CHECK (severity IN ('P1', 'P2')),
  started_at timestamptz NOT NULL,
  is_simulated boolean NOT NULL,
  sink_ids uuid[] NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orphaned_thread_by_tenant ON orphaned_thread (tenant_id);

ALTER TABLE orphaned_thread ENABLE ROW LEVEL SECURITY;
ALTER TABLE orphaned_thread FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON orphaned_thread TO alivemcp_owner USING (true);
CREATE POLICY system_all ON orphaned_thread TO alivemcp_system USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON orphaned_thread TO alivemcp_system;

-- A tenant that leaves is told nothing more: its sinks go with it.
CREATE FUNCTION keep_threads_of_endpoint() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
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
END $$;
CREATE TRIGGER endpoints_keep_threads BEFORE DELETE ON endpoints
  FOR EACH ROW EXECUTE FUNCTION keep_threads_of_endpoint();

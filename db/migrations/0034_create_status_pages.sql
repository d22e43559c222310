-- why: a workspace shows several endpoints on one public page of its own
-- locks: none, tables and views are new
-- breaking: no

CREATE TABLE status_page (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  -- Of `/p/<slug>`; whoever knows it reads the page.
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$'),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
  description text CHECK (length(description) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX status_page_by_tenant ON status_page (tenant_id, created_at, id);

-- An endpoint is on a page because somebody of the workspace chose it, an unlisted one too.
CREATE TABLE status_page_endpoint (
  page_id uuid NOT NULL REFERENCES status_page (id) ON DELETE CASCADE,
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  position integer NOT NULL CHECK (position > 0),
  PRIMARY KEY (page_id, endpoint_id)
);
CREATE INDEX status_page_endpoint_by_endpoint ON status_page_endpoint (endpoint_id);
CREATE INDEX status_page_endpoint_by_tenant ON status_page_endpoint (tenant_id);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['status_page', 'status_page_endpoint'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', name);
    EXECUTE format('CREATE POLICY system_all ON %I TO alivemcp_system USING (true)', name);
    EXECUTE format('CREATE POLICY operator_all ON %I FOR SELECT TO alivemcp_operator USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_system', name);
    EXECUTE format('GRANT SELECT ON %I TO alivemcp_operator', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_app', name);
  END LOOP;
END $$;
CREATE POLICY app_own ON status_page TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
CREATE POLICY app_own ON status_page_endpoint TO alivemcp_app
  USING (tenant_id = (SELECT current_tenant_id()))
  WITH CHECK (tenant_id = (SELECT current_tenant_id())
    AND page_id IN (SELECT p.id FROM status_page p) AND endpoint_id IN (SELECT v.id FROM visible_endpoints() v));

CREATE VIEW public_status_page WITH (security_barrier) AS
  SELECT p.id, p.slug, p.title, p.description, p.updated_at
  FROM status_page p JOIN tenants t ON t.id = p.tenant_id WHERE t.suspended_at IS NULL;

-- Never a private endpoint. An unlisted one only while it is the workspace's own: it may have changed hands.
CREATE VIEW public_status_page_endpoint WITH (security_barrier) AS
  SELECT m.page_id, m.endpoint_id, m.position
  FROM status_page_endpoint m JOIN endpoints e ON e.id = m.endpoint_id
  WHERE e.visibility = 'public' OR (e.visibility = 'unlisted' AND e.tenant_id = m.tenant_id);

GRANT SELECT ON public_status_page, public_status_page_endpoint TO alivemcp_reader;

-- why: a workspace puts its own picture on its page
-- locks: none, table and view are new
-- breaking: no

CREATE TABLE status_page_logo (
  page_id uuid PRIMARY KEY REFERENCES status_page (id) ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  -- What its first bytes say it is, never what was said of it.
  content_type text NOT NULL CHECK (content_type IN ('image/png', 'image/jpeg', 'image/webp')),
  bytes bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 12 AND 204800),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX status_page_logo_by_tenant ON status_page_logo (tenant_id);

ALTER TABLE status_page_logo ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_page_logo FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON status_page_logo TO alivemcp_owner USING (true);
CREATE POLICY system_all ON status_page_logo TO alivemcp_system USING (true);
CREATE POLICY operator_all ON status_page_logo FOR SELECT TO alivemcp_operator USING (true);
CREATE POLICY app_own ON status_page_logo TO alivemcp_app
  USING (tenant_id = (SELECT current_tenant_id()))
  WITH CHECK (tenant_id = (SELECT current_tenant_id()) AND page_id IN (SELECT p.id FROM status_page p));
GRANT SELECT, INSERT, UPDATE, DELETE ON status_page_logo TO alivemcp_system, alivemcp_app;
GRANT SELECT ON status_page_logo TO alivemcp_operator;

CREATE VIEW public_status_page_logo WITH (security_barrier) AS
  SELECT p.slug, l.content_type, l.bytes FROM status_page_logo l JOIN public_status_page p ON p.id = l.page_id;
GRANT SELECT ON public_status_page_logo TO alivemcp_reader;

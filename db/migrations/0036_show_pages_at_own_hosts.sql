-- why: a workspace shows its page at a host name of its own, once DNS says that the name is its own
-- locks: none, table and view are new
-- breaking: no

-- A host that was proven. It belongs to one page, and a page has one.
CREATE TABLE status_page_host (
  host text PRIMARY KEY CHECK (host = lower(host) AND length(host) BETWEEN 4 AND 253),
  page_id uuid NOT NULL UNIQUE REFERENCES status_page (id) ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  verified_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX status_page_host_by_tenant ON status_page_host (tenant_id);

ALTER TABLE status_page_host ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_page_host FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON status_page_host TO alivemcp_owner USING (true);
CREATE POLICY system_all ON status_page_host TO alivemcp_system USING (true);
CREATE POLICY operator_all ON status_page_host FOR SELECT TO alivemcp_operator USING (true);
CREATE POLICY app_own ON status_page_host TO alivemcp_app
  USING (tenant_id = (SELECT current_tenant_id()))
  WITH CHECK (tenant_id = (SELECT current_tenant_id()) AND page_id IN (SELECT p.id FROM status_page p));
GRANT SELECT, INSERT, UPDATE, DELETE ON status_page_host TO alivemcp_system, alivemcp_app;
GRANT SELECT ON status_page_host TO alivemcp_operator;

CREATE VIEW public_status_page_host WITH (security_barrier) AS
  SELECT h.host, p.slug FROM status_page_host h JOIN public_status_page p ON p.id = h.page_id;
GRANT SELECT ON public_status_page_host TO alivemcp_reader;

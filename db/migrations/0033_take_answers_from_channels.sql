-- why: an answer from a channel (PagerDuty, Slack) counts once, however often it is told
-- locks: sink, for the milliseconds of adding a policy
-- breaking: no

-- What a channel told us of, by the name it gave it. Rows are of use for as long as a channel repeats itself.
CREATE TABLE inbound_event (
  sink_id uuid NOT NULL REFERENCES sink (id) ON DELETE CASCADE,
  event_key text NOT NULL CHECK (length(event_key) BETWEEN 1 AND 100),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (sink_id, event_key)
);

ALTER TABLE inbound_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE inbound_event FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON inbound_event TO alivemcp_owner USING (true);
CREATE POLICY system_all ON inbound_event TO alivemcp_system USING (true);
CREATE POLICY app_own ON inbound_event TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON inbound_event TO alivemcp_system;
GRANT SELECT, INSERT, DELETE ON inbound_event TO alivemcp_app;

-- Who calls from a channel names a sink; whose it is has to be known before its secret can prove anything.
CREATE POLICY identity_finds ON sink FOR SELECT TO alivemcp_identity USING (true);
GRANT SELECT (id, tenant_id) ON sink TO alivemcp_identity;

-- why: uptime of 24 hours and of days is summed from hours; an hour of all endpoints is read by time, and the few dead endpoints are found without reading the others
-- locks: probe_minute and endpoint_memory against writes while their indexes are built (BRIN: one pass; the other holds dead endpoints only)
-- breaking: no

-- One UTC hour of one endpoint, in covered minutes after the overlay of committed spans; kept for days only.
CREATE TABLE probe_hour (
  endpoint_number integer NOT NULL,
  hour_at timestamptz NOT NULL,
  up_minutes integer NOT NULL DEFAULT 0,
  degraded_minutes integer NOT NULL DEFAULT 0,
  down_minutes integer NOT NULL DEFAULT 0,
  auth_walled_minutes integer NOT NULL DEFAULT 0,
  unknown_minutes integer NOT NULL DEFAULT 0,
  maintenance_minutes integer NOT NULL DEFAULT 0,
  latency_histogram integer[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (endpoint_number, hour_at)
);
CREATE INDEX probe_hour_by_hour ON probe_hour (hour_at);

ALTER TABLE probe_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe_hour FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON probe_hour TO alivemcp_owner USING (true);
CREATE POLICY system_all ON probe_hour TO alivemcp_system USING (true);
CREATE POLICY operator_all ON probe_hour FOR SELECT TO alivemcp_operator USING (true);
CREATE POLICY app_visible ON probe_hour FOR SELECT TO alivemcp_app
  USING (endpoint_number IN (SELECT v.number FROM visible_endpoints() v));
GRANT SELECT, INSERT, UPDATE, DELETE ON probe_hour TO alivemcp_system;
GRANT SELECT ON probe_hour TO alivemcp_app, alivemcp_operator;

-- Rows arrive in the order of time, so that a few block ranges hold any hour.
CREATE INDEX probe_minute_by_time ON probe_minute USING brin (minute_at) WITH (pages_per_range = 32);

CREATE INDEX endpoint_memory_dead ON endpoint_memory (endpoint_id) WHERE dead_since IS NOT NULL;

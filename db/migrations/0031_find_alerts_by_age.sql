-- why: operators' figures and retention ask for alerting rows by time, over all workspaces
-- locks: delivery, delivery_attempt, alert_decision and incident, for the milliseconds of indexing what is there
-- breaking: no

CREATE INDEX delivery_by_age ON delivery (created_at);
CREATE INDEX delivery_attempt_by_time ON delivery_attempt (at);
CREATE INDEX alert_decision_by_age ON alert_decision (at);
CREATE INDEX incident_by_age ON incident (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX incident_tenant_by_cluster ON incident_tenant (cluster_id) WHERE cluster_id IS NOT NULL;
CREATE INDEX incident_tenant_recent ON incident_tenant (created_at);

-- why: who was told of an incident is looked up with every change of it
-- locks: delivery, for the milliseconds of indexing what is there
-- breaking: no

CREATE INDEX delivery_by_incident ON delivery (incident_tenant_id, created_at) WHERE incident_tenant_id IS NOT NULL;

-- why: public pages and feeds tell what happened to an endpoint, and what its owner says about it
-- locks: none, both views are new
-- breaking: no

-- A simulated outage is its tenant's own; so is how fast an error budget burns.
CREATE VIEW public_incident WITH (security_barrier) AS
  SELECT i.id, i.endpoint_id, i.started_at, i.ended_at, i.opened_at, i.resolved_at, i.severity, i.severity_worst,
    array_remove(i.causes, 'burn_rate') AS causes, i.failure_reason, i.regions, i.is_flapping
  FROM incident i JOIN endpoints e ON e.id = i.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted') AND i.simulated_for IS NULL AND i.causes <> '{burn_rate}';

-- Without whose words they are: the page speaks for the operator of the endpoint.
CREATE VIEW public_incident_update WITH (security_barrier) AS
  SELECT u.id, u.incident_id, u.stage, u.body, u.at
  FROM incident_update u JOIN incident i ON i.id = u.incident_id JOIN endpoints e ON e.id = i.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted') AND i.simulated_for IS NULL;

GRANT SELECT ON public_incident, public_incident_update TO alivemcp_reader, alivemcp_app;

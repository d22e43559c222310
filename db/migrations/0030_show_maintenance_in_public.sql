-- why: public pages announce the maintenance that the owner of an endpoint planned
-- locks: none, the view is new
-- breaking: no

-- One row per window and endpoint that it touches. What the window is matched by (tags, groups, other endpoints) stays
-- inside. The rule is `isInScope` of core; a test runs both.
CREATE VIEW public_maintenance WITH (security_barrier) AS
  SELECT m.id, e.id AS endpoint_id, m.name, m.note, m.starts_at, m.ends_at, m.recurrence, m.cancelled_at
  FROM maintenance_window m JOIN endpoints e ON e.tenant_id = m.tenant_id
  WHERE e.visibility IN ('public', 'unlisted') AND m.is_public AND (
    m.scope ->> 'kind' = 'all'
    OR (m.scope -> 'endpointIds') ? e.id::text
    OR (m.scope -> 'tags') ?| e.tags
    OR (m.scope -> 'groups') ? e.group_name);

GRANT SELECT ON public_maintenance TO alivemcp_reader;

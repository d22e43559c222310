-- why: on whose thread a group is told of, how many it named last, and who failed a moment ago
-- locks: incident_group and incident_tenant, for the milliseconds of adding columns and indexing what is there
-- breaking: no

ALTER TABLE incident_group
  -- The member on whose thread the others are told of; it may be gone.
  ADD COLUMN anchor_id uuid,
  -- Members that were not well when its message named them last.
  ADD COLUMN told_members integer,
  ADD COLUMN told_at timestamptz;

CREATE INDEX incident_tenant_by_group ON incident_tenant (group_id) WHERE group_id IS NOT NULL;

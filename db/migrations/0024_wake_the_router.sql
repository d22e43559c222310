-- why: what people do to an incident, and what time does, wakes the router, whoever wrote it
-- locks: incident, incident_tenant, incident_update, for the milliseconds of adding columns and a trigger
-- breaking: no

ALTER TABLE incident
  -- The change of access counted last: `{atMs, isWalled}`.
  ADD COLUMN access jsonb,
  -- Next instant at which it changes although nothing is probed: a changed access that becomes normal.
  ADD COLUMN wake_at timestamptz;
CREATE INDEX incident_wake ON incident (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX incident_simulated ON incident (opened_at) WHERE resolved_at IS NULL AND simulated_for IS NOT NULL;

-- When the router told of it; null: not yet.
ALTER TABLE incident_update ADD COLUMN told_at timestamptz;
UPDATE incident_update SET told_at = at;
CREATE INDEX incident_update_to_tell ON incident_update (at) WHERE told_at IS NULL;

CREATE FUNCTION wake_on_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.wake_at := least(NEW.wake_at, now());
  RETURN NEW;
END $$;
-- Dashboard, API, CLI and the channels all write these two columns; none of them can forget to wake the router.
CREATE TRIGGER incident_tenant_wakes BEFORE UPDATE OF acknowledged_at, muted_until ON incident_tenant
  FOR EACH ROW WHEN (OLD.acknowledged_at IS DISTINCT FROM NEW.acknowledged_at
    OR OLD.muted_until IS DISTINCT FROM NEW.muted_until)
  EXECUTE FUNCTION wake_on_answer();

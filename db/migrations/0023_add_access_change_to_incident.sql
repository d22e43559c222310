-- why: a login wall that came or went is a cause for a day, and no longer than until it goes or comes back
-- locks: incident, for the milliseconds of adding columns
-- breaking: no

ALTER TABLE incident
  -- The change of access counted last, and whether a login is asked for since.
  ADD COLUMN access_changed_at timestamptz,
  ADD COLUMN is_walled boolean,
  ADD CONSTRAINT incident_access_whole CHECK ((access_changed_at IS NULL) = (is_walled IS NULL));

-- why: an endpoint whose declared resources and prompts were never listed is looked at with its next probe, not within the hour
-- locks: endpoint_memory, for the milliseconds of adding a column
-- breaking: no

ALTER TABLE endpoint_memory
  -- Newest probe that listed what the endpoint declares beside tools.
  ADD COLUMN capabilities_listed_at timestamptz;

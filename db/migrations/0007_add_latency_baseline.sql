-- why: the alert router warns when an endpoint is three times slower than its own last 7 days
-- locks: endpoint_memory for the moment of adding a column without a default
-- breaking: no

ALTER TABLE endpoint_memory
  -- 7-day p95 in milliseconds; the archiver writes it together with is_slow, null until there is a week to judge by.
  ADD COLUMN latency_ms_p95_of_7d integer CHECK (latency_ms_p95_of_7d >= 0);

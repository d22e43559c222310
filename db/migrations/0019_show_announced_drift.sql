-- why: pages say that a change of the tools was announced by its owner
-- locks: public_drift_event for the moment of its replacement
-- breaking: no

CREATE OR REPLACE VIEW public_drift_event WITH (security_barrier) AS
  SELECT d.id, d.endpoint_id, d.region, d.at, d.kind, d.from_full_hash, d.to_full_hash, d.is_breaking,
    d.is_suspicious, d.changes, d.accepted_at, d.release_window_id IS NOT NULL AS is_announced
  FROM drift_event d JOIN endpoints e ON e.id = d.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted');

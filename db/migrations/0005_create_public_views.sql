-- why: all that the public pages may read; the reader role sees these views and no table
-- locks: none, every view is new
-- breaking: no

-- Each view carries its own visibility filter: `public` and `unlisted` (who has the slug may look), never `private`.
-- Security barriers keep a caller's function from seeing a row before the filter did.

CREATE VIEW public_endpoint WITH (security_barrier) AS
  SELECT e.id, e.number, e.slug, e.name,
    -- A query string may hold a key.
    split_part(e.url, '?', 1) AS url_without_query,
    e.host, e.registrable_domain, e.transport, e.visibility, e.standing, e.cadence_s, e.regions,
    e.confirmation_period_ms, e.retention_class, e.paused_at, e.first_watched_at, e.is_demo, e.created_at,
    EXISTS (SELECT FROM follow f WHERE f.endpoint_id = e.id) AS is_followed,
    m.era, m.transport AS detected_transport, m.protocol_version, m.server_name, m.server_version, m.tools_count,
    m.tls_expires_at, m.dead_since
  FROM endpoints e LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id
  WHERE e.visibility IN ('public', 'unlisted');

-- What is on the board: listed without knowing a slug.
CREATE VIEW public_board WITH (security_barrier) AS
  SELECT * FROM public_endpoint WHERE visibility = 'public';

CREATE VIEW public_endpoint_state WITH (security_barrier) AS
  SELECT s.endpoint_id, s.committed, s.since, s.reason, s.flags, s.updated_at
  FROM endpoint_state s JOIN endpoints e ON e.id = s.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted');

CREATE VIEW public_state_span WITH (security_barrier) AS
  SELECT s.endpoint_id, s.state, s.from_at, s.to_at
  FROM state_span s JOIN endpoints e ON e.id = s.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted');

CREATE VIEW public_transition WITH (security_barrier) AS
  SELECT t.id, t.endpoint_id, t.at, t.from_state, t.to_state, t.reason, t.facts
  FROM transition t JOIN endpoints e ON e.id = t.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted');

CREATE VIEW public_drift_event WITH (security_barrier) AS
  SELECT d.id, d.endpoint_id, d.region, d.at, d.kind, d.from_full_hash, d.to_full_hash, d.is_breaking,
    d.is_suspicious, d.changes, d.accepted_at
  FROM drift_event d JOIN endpoints e ON e.id = d.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted');

CREATE VIEW public_probe_minute WITH (security_barrier) AS
  SELECT m.endpoint_number, m.minute_at, m.state, m.reason, m.latency_ms, m.covers_minutes, m.regions
  FROM probe_minute m JOIN endpoints e ON e.number = m.endpoint_number
  WHERE e.visibility IN ('public', 'unlisted');

CREATE VIEW public_probe_day WITH (security_barrier) AS
  SELECT d.endpoint_number, d.day, d.up_minutes, d.degraded_minutes, d.down_minutes, d.auth_walled_minutes,
    d.unknown_minutes, d.maintenance_minutes, d.latency_histogram
  FROM probe_day d JOIN endpoints e ON e.number = d.endpoint_number
  WHERE e.visibility IN ('public', 'unlisted');

GRANT SELECT ON public_endpoint, public_board, public_endpoint_state, public_state_span, public_transition,
  public_drift_event, public_probe_minute, public_probe_day TO alivemcp_reader, alivemcp_app;

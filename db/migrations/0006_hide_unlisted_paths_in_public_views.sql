-- why: the path of an unlisted URL often is its secret; pages show the cadence that followers asked for; recent drift is looked up by time
-- locks: public_endpoint for the moment of its replacement; drift_event against writes while its index is built (new table, few rows)
-- breaking: no

CREATE OR REPLACE VIEW public_endpoint WITH (security_barrier) AS
  SELECT e.id, e.number, e.slug, e.name,
    -- A query string may hold a key; of an unlisted endpoint only scheme and host are told.
    CASE e.visibility
      WHEN 'public' THEN split_part(e.url, '?', 1)
      ELSE substring(e.url FROM '^https?://[^/?#]+')
    END AS url_without_query,
    e.host, e.registrable_domain, e.transport, e.visibility, e.standing, e.cadence_s, e.regions,
    e.confirmation_period_ms, e.retention_class, e.paused_at, e.first_watched_at, e.is_demo, e.created_at,
    EXISTS (SELECT FROM follow f WHERE f.endpoint_id = e.id) AS is_followed,
    m.era, m.transport AS detected_transport, m.protocol_version, m.server_name, m.server_version, m.tools_count,
    m.tls_expires_at, m.dead_since,
    -- The shortest among owner and followers.
    least(e.cadence_s, (SELECT min(f.cadence_s) FROM follow f WHERE f.endpoint_id = e.id)) AS wanted_cadence_s,
    position('?' IN e.url) > 0 AS has_query
  FROM endpoints e LEFT JOIN endpoint_memory m ON m.endpoint_id = e.id
  WHERE e.visibility IN ('public', 'unlisted');

CREATE INDEX drift_event_recent ON drift_event (at DESC);

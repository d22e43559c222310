-- why: messages of one incident keep their order even when made in one instant, and a detour knows what it stands in for
-- locks: delivery, for as long as rewriting it takes (an installation that alerts since today: milliseconds)
-- breaking: no

ALTER TABLE delivery
  -- Order of making: of two messages of one thread to one sink the lower one goes first.
  ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
  -- The page that another sink of the tenant did not take, and that came here instead.
  ADD COLUMN detour_of uuid REFERENCES delivery (id) ON DELETE SET NULL;

DROP INDEX delivery_by_thread;
CREATE INDEX delivery_by_thread ON delivery (sink_id, dedup_key, seq);
CREATE INDEX delivery_leased ON delivery (sink_id) WHERE state = 'pending' AND leased_until IS NOT NULL;
CREATE INDEX delivery_leased_of_tenant ON delivery (tenant_id) WHERE state = 'pending' AND leased_until IS NOT NULL;
CREATE INDEX delivery_to_escalate ON delivery (created_at)
  WHERE state = 'pending' AND escalated_at IS NULL AND detour_of IS NULL AND event IN ('incident.opened', 'incident.updated');

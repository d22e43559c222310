-- why: endpoints are tagged and grouped; a slug that was given out leads to its endpoint for ever or to nobody; followers are told when they lose an endpoint; a claim is proven before it moves an endpoint
-- locks: endpoints, for the milliseconds of adding columns with constant defaults and triggers
-- breaking: no

ALTER TABLE endpoints
  ADD COLUMN tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20),
  ADD COLUMN group_name text CHECK (length(group_name) BETWEEN 1 AND 60);

-- Slugs that endpoints had before. Links and badges are out there: an old slug leads to its endpoint as long as that
-- lives, and afterwards to nobody else's. A row without tenant is of one that was erased.
CREATE TABLE retired_slug (
  slug text PRIMARY KEY CHECK (length(slug) <= 120),
  tenant_id uuid REFERENCES tenants (id) ON DELETE SET NULL,
  endpoint_id uuid REFERENCES endpoints (id) ON DELETE SET NULL,
  retired_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX retired_slug_by_endpoint ON retired_slug (endpoint_id);
CREATE INDEX retired_slug_by_tenant ON retired_slug (tenant_id);

ALTER TABLE retired_slug ENABLE ROW LEVEL SECURITY;
ALTER TABLE retired_slug FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON retired_slug TO alivemcp_owner USING (true);
CREATE POLICY system_all ON retired_slug TO alivemcp_system USING (true);
CREATE POLICY app_own ON retired_slug FOR SELECT TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT ON retired_slug TO alivemcp_app, alivemcp_system;

CREATE FUNCTION retire_slug() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO retired_slug (slug, tenant_id, endpoint_id)
    VALUES (OLD.slug, OLD.tenant_id, CASE TG_OP WHEN 'UPDATE' THEN OLD.id END)
    ON CONFLICT (slug) DO UPDATE
      SET tenant_id = excluded.tenant_id, endpoint_id = excluded.endpoint_id, retired_at = now();
  END IF;
  IF TG_OP <> 'DELETE' THEN
    DELETE FROM retired_slug r
    WHERE r.slug = NEW.slug AND r.tenant_id = NEW.tenant_id AND (r.endpoint_id IS NULL OR r.endpoint_id = NEW.id);
    IF EXISTS (SELECT FROM retired_slug r WHERE r.slug = NEW.slug) THEN
      RAISE unique_violation USING MESSAGE = 'this slug belonged to another endpoint', CONSTRAINT = 'retired_slug_pkey';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER endpoints_retire_slug_on_change AFTER UPDATE OF slug ON endpoints
  FOR EACH ROW WHEN (OLD.slug <> NEW.slug) EXECUTE FUNCTION retire_slug();
CREATE TRIGGER endpoints_retire_slug AFTER INSERT OR DELETE ON endpoints
  FOR EACH ROW EXECUTE FUNCTION retire_slug();

-- Whether the tenant's endpoint (null: a new one) may have this slug. Holds the slug until the transaction ends, so
-- that the answer stays true; whoever gives out slugs asks here first. Sorted, so that no two wait for each other.
CREATE FUNCTION take_slug(wanted text, for_endpoint uuid, held text DEFAULT NULL) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE one text;
BEGIN
  FOR one IN SELECT s FROM unnest(ARRAY[wanted, held]) s WHERE s IS NOT NULL ORDER BY s LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('slug:' || one, 0));
  END LOOP;
  RETURN NOT EXISTS (SELECT FROM endpoints e WHERE e.slug = wanted AND e.id IS DISTINCT FROM for_endpoint)
    AND NOT EXISTS (
      SELECT FROM retired_slug r
      WHERE r.slug = wanted AND NOT coalesce(
        r.tenant_id = current_tenant_id() AND (r.endpoint_id IS NULL OR r.endpoint_id = for_endpoint), false));
END $$;
GRANT EXECUTE ON FUNCTION take_slug(text, uuid, text) TO alivemcp_app;

-- Where an old slug leads, for the public pages.
CREATE VIEW public_retired_slug WITH (security_barrier) AS
  SELECT r.slug AS old_slug, e.slug
  FROM retired_slug r JOIN endpoints e ON e.id = r.endpoint_id
  WHERE e.visibility IN ('public', 'unlisted');
GRANT SELECT ON public_retired_slug TO alivemcp_reader, alivemcp_app;

-- What a workspace should know and nobody clicked for; shown until somebody dismisses it.
CREATE TABLE notice (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (length(kind) <= 60),
  facts jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  dismissed_at timestamptz
);
CREATE INDEX notice_open ON notice (tenant_id, id DESC) WHERE dismissed_at IS NULL;

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON notice TO alivemcp_owner USING (true);
CREATE POLICY system_all ON notice TO alivemcp_system USING (true);
CREATE POLICY app_own ON notice TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, UPDATE (dismissed_at) ON notice TO alivemcp_app;
GRANT SELECT, INSERT, DELETE ON notice TO alivemcp_system;

-- An endpoint that leaves the board, or the world, is no longer followed; its followers are told.
CREATE FUNCTION detach_followers() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
BEGIN
  INSERT INTO notice (tenant_id, kind, facts)
  SELECT f.tenant_id,
    CASE TG_OP WHEN 'DELETE' THEN 'followed-endpoint-deleted' ELSE 'followed-endpoint-hidden' END,
    jsonb_build_object('name', OLD.name, 'slug', OLD.slug)
  FROM follow f WHERE f.endpoint_id = OLD.id AND f.tenant_id <> OLD.tenant_id;
  IF TG_OP = 'DELETE' THEN
    -- The rows of `follow` go with the endpoint.
    RETURN OLD;
  END IF;
  DELETE FROM follow f WHERE f.endpoint_id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER endpoints_detach_followers AFTER UPDATE OF visibility ON endpoints
  FOR EACH ROW WHEN (OLD.visibility = 'public' AND NEW.visibility <> 'public') EXECUTE FUNCTION detach_followers();
CREATE TRIGGER endpoints_detach_followers_of_deleted BEFORE DELETE ON endpoints
  FOR EACH ROW WHEN (OLD.visibility = 'public') EXECUTE FUNCTION detach_followers();

-- What a tenant has to show to prove that an endpoint is its own, and that it did.
CREATE TABLE endpoint_claim (
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  token text NOT NULL CHECK (token ~ '^[0-9a-f]{32}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  proven_at timestamptz,
  method text CHECK (method IN ('dns', 'file', 'marker')),
  PRIMARY KEY (tenant_id, endpoint_id),
  CONSTRAINT endpoint_claim_proven_by CHECK ((proven_at IS NULL) = (method IS NULL))
);
CREATE INDEX endpoint_claim_by_endpoint ON endpoint_claim (endpoint_id);

ALTER TABLE endpoint_claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE endpoint_claim FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON endpoint_claim TO alivemcp_owner USING (true);
CREATE POLICY system_all ON endpoint_claim TO alivemcp_system USING (true);
CREATE POLICY app_own ON endpoint_claim TO alivemcp_app USING (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE (proven_at, method), DELETE ON endpoint_claim TO alivemcp_app;
GRANT SELECT, DELETE ON endpoint_claim TO alivemcp_system;

-- Gives an unclaimed endpoint of the board to the tenant that proved it within the hour. The row changes hands; what
-- was measured stays with the endpoint, and minutes keep the class they were measured under.
CREATE FUNCTION take_over_endpoint(wanted uuid, new_retention_class text, new_cadence_s integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE found endpoints%ROWTYPE;
BEGIN
  SELECT * INTO found FROM endpoints e WHERE e.id = wanted AND e.visibility = 'public' FOR UPDATE;
  IF NOT FOUND OR current_tenant_id() IS NULL THEN
    RETURN 'not-found';
  ELSIF found.standing <> 'unclaimed' THEN
    RETURN 'claimed-already';
  ELSIF NOT EXISTS (
    SELECT FROM endpoint_claim c WHERE c.endpoint_id = wanted AND c.tenant_id = current_tenant_id()
      AND c.proven_at > now() - interval '1 hour') THEN
    RETURN 'unproven';
  ELSIF EXISTS (
    SELECT FROM endpoints e WHERE e.tenant_id = current_tenant_id() AND e.normalized_url = found.normalized_url) THEN
    RETURN 'watched-already';
  END IF;
  DELETE FROM follow f WHERE f.endpoint_id = wanted AND f.tenant_id = current_tenant_id();
  UPDATE endpoints SET tenant_id = current_tenant_id(), standing = 'claimed', retention_class = new_retention_class,
    cadence_s = new_cadence_s WHERE id = wanted;
  UPDATE retired_slug SET tenant_id = current_tenant_id() WHERE endpoint_id = wanted;
  RETURN 'taken';
END $$;
GRANT EXECUTE ON FUNCTION take_over_endpoint(uuid, text, integer) TO alivemcp_app;

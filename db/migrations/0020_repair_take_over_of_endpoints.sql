-- why: the function that moves a claimed endpoint could not run: one of its variables hid the word FOUND
-- locks: none, a function is replaced
-- breaking: no

CREATE OR REPLACE FUNCTION take_over_endpoint(wanted uuid, new_retention_class text, new_cadence_s integer) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
DECLARE listed endpoints%ROWTYPE;
BEGIN
  SELECT * INTO listed FROM endpoints e WHERE e.id = wanted AND e.visibility = 'public' FOR UPDATE;
  IF NOT FOUND OR current_tenant_id() IS NULL THEN
    RETURN 'not-found';
  ELSIF listed.standing <> 'unclaimed' THEN
    RETURN 'claimed-already';
  ELSIF NOT EXISTS (
    SELECT FROM endpoint_claim c WHERE c.endpoint_id = wanted AND c.tenant_id = current_tenant_id()
      AND c.proven_at > now() - interval '1 hour') THEN
    RETURN 'unproven';
  ELSIF EXISTS (
    SELECT FROM endpoints e WHERE e.tenant_id = current_tenant_id() AND e.normalized_url = listed.normalized_url) THEN
    RETURN 'watched-already';
  END IF;
  DELETE FROM follow f WHERE f.endpoint_id = wanted AND f.tenant_id = current_tenant_id();
  UPDATE endpoints SET tenant_id = current_tenant_id(), standing = 'claimed', retention_class = new_retention_class,
    cadence_s = new_cadence_s WHERE id = wanted;
  UPDATE retired_slug SET tenant_id = current_tenant_id() WHERE endpoint_id = wanted;
  RETURN 'taken';
END $$;

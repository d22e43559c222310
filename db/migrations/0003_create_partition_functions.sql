-- why: the archiver makes partitions ahead and drops expired ones without owning the tables
-- locks: none to create; a call takes ACCESS EXCLUSIVE on the partitions of one retention class, for milliseconds
-- breaking: no

-- Makes the missing leaf partitions of one table and retention class that cover [from_at, through_at].
-- `unit` is day or month and may never change for a class. Answers the names it made.
CREATE FUNCTION make_probe_partitions(
  base_table text, class text, unit text, from_at timestamptz, through_at timestamptz
) RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
  class_table text := base_table || '_' || class;
  leaf text;
  lower_at timestamptz;
  step interval := ('1 ' || unit)::interval;
BEGIN
  IF base_table NOT IN ('probe_minute', 'probe_evidence') OR unit NOT IN ('day', 'month')
     OR class !~ '^[a-z]+$' OR through_at - from_at > interval '500 days' THEN
    RAISE EXCEPTION 'make_probe_partitions refuses %, %, %, % to %', base_table, class, unit, from_at, through_at;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('probe_partitions'));
  FOR lower_at IN SELECT generate_series(date_trunc(unit, from_at), through_at, step) LOOP
    leaf := class_table || to_char(lower_at, CASE unit WHEN 'day' THEN '_YYYYMMDD' ELSE '_YYYYMM' END);
    CONTINUE WHEN to_regclass(leaf) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
      leaf, class_table, lower_at, lower_at + step);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', leaf);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', leaf);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', leaf);
    RETURN NEXT leaf;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION make_probe_partitions(text, text, text, timestamptz, timestamptz) TO alivemcp_system;

-- Names, and unless `is_dry_run` drops, the leaf partitions of one table and class that lie wholly before
-- `keep_from_at`. A partition somebody still reads or writes is not waited for: lock_not_available (55P03), nothing
-- dropped. Refuses to touch the last 6 days: no plan promises less than 7, clocks may differ.
CREATE FUNCTION drop_expired_probe_partitions(
  base_table text, class text, keep_from_at timestamptz, is_dry_run boolean
) RETURNS SETOF text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s'
AS $$
DECLARE
  leaf record;
BEGIN
  IF base_table NOT IN ('probe_minute', 'probe_evidence') OR class !~ '^[a-z]+$'
     OR keep_from_at > now() - interval '6 days' THEN
    RAISE EXCEPTION 'drop_expired_probe_partitions refuses %, %, before %', base_table, class, keep_from_at;
  END IF;
  FOR leaf IN
    SELECT c.relname AS name,
      (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz AS upper_at
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass(base_table || '_' || class)
    ORDER BY c.relname
  LOOP
    CONTINUE WHEN leaf.upper_at IS NULL OR leaf.upper_at > keep_from_at;
    IF NOT is_dry_run THEN
      EXECUTE format('DROP TABLE %I', leaf.name);
    END IF;
    RETURN NEXT leaf.name;
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION drop_expired_probe_partitions(text, text, timestamptz, boolean) TO alivemcp_system;

import type pg from "pg";

/**
 * The schema as reviewable text, from the catalogue: the same on every server of a major version, without the leaf
 * partitions that come and go. `db/schema.sql` is this text; a test compares.
 */
export async function dumpSchema(client: pg.ClientBase): Promise<string> {
  const parts = [
    "-- Written by `npm run db:dump`; do not edit.",
    ...(await readTexts(client, FUNCTIONS)),
    ...(await readTexts(client, TABLES)),
    ...(await readTexts(client, VIEWS)),
  ];
  return `${parts.map((part) => part.trim()).join("\n\n")}\n`;
}

async function readTexts(client: pg.ClientBase, query: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ text: string }>(query);
  return rows.map(({ text }) => text);
}

/** `GRANT` lines of an object, without its owner's own rights. */
const grantsOf = (acl: string, object: string) => `
  (SELECT coalesce(string_agg(line, E'\\n' ORDER BY line), '') FROM (
     SELECT format('GRANT %s ON %s TO %s;', string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type), ${object},
       CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END) AS line
     FROM aclexplode(${acl}) a WHERE pg_get_userbyid(a.grantee) <> 'alivemcp_owner' GROUP BY a.grantee) g)`;

const FUNCTIONS = `
  SELECT pg_get_functiondef(p.oid) || E';\\n' || ${grantsOf("p.proacl", "p.oid::regprocedure::text")} AS text
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY p.oid::regprocedure::text`;

const COLUMNS = `
  (SELECT string_agg(format('  %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
      CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' ELSE '' END,
      coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')), E',\\n' ORDER BY a.attnum)
   FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;

const CONSTRAINTS = `
  (SELECT string_agg(format('ALTER TABLE %I ADD CONSTRAINT %I %s;', c.relname, k.conname, pg_get_constraintdef(k.oid)),
     E'\\n' ORDER BY k.contype, k.conname)
   FROM pg_constraint k WHERE k.conrelid = c.oid AND k.conparentid = 0)`;

const INDEXES = `
  (SELECT string_agg(pg_get_indexdef(i.indexrelid) || ';', E'\\n' ORDER BY i.indexrelid::regclass::text)
   FROM pg_index i WHERE i.indrelid = c.oid
     AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid))`;

const TRIGGERS = `
  (SELECT string_agg(pg_get_triggerdef(t.oid) || ';', E'\\n' ORDER BY t.tgname)
   FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)`;

const POLICIES = `
  (SELECT string_agg(format('CREATE POLICY %I ON %I FOR %s TO %s%s%s;', p.policyname, p.tablename, p.cmd,
       array_to_string(p.roles, ', '), coalesce(' USING ' || p.qual, ''), coalesce(' WITH CHECK ' || p.with_check, '')),
     E'\\n' ORDER BY p.policyname)
   FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname)`;

const COLUMN_GRANTS = `
  (SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
     SELECT format('GRANT %s (%s) ON %s TO %s;', a.privilege_type, string_agg(quote_ident(t.attname), ', ' ORDER BY t.attnum),
       c.relname, pg_get_userbyid(a.grantee)) AS line
     FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid GROUP BY a.privilege_type, a.grantee) g)`;

const TABLES = `
  SELECT concat_ws(E'\\n',
    CASE WHEN c.relispartition
      THEN format('CREATE TABLE %I PARTITION OF %s %s PARTITION BY %s;', c.relname,
        (SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = c.oid), pg_get_expr(c.relpartbound, c.oid),
        pg_get_partkeydef(c.oid))
      ELSE format(E'CREATE TABLE %I (\\n%s\\n)%s;', c.relname, ${COLUMNS},
        coalesce(' PARTITION BY ' || pg_get_partkeydef(c.oid), ''))
    END,
    CASE WHEN NOT c.relispartition THEN ${CONSTRAINTS} END,
    CASE WHEN NOT c.relispartition THEN ${INDEXES} END,
    ${TRIGGERS},
    CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY;', c.relname) END,
    CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE %I FORCE ROW LEVEL SECURITY;', c.relname) END,
    ${POLICIES}, nullif(${grantsOf("c.relacl", "c.relname")}, ''), ${COLUMN_GRANTS}) AS text
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND (c.relkind = 'p' OR (c.relkind = 'r' AND NOT c.relispartition))
  ORDER BY c.relname`;

const VIEWS = `
  SELECT format(E'CREATE VIEW %I%s AS\\n%s\\n%s', c.relname,
    coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''), pg_get_viewdef(c.oid, true),
    ${grantsOf("c.relacl", "c.relname")}) AS text
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'v' ORDER BY c.relname`;

/** Pages of workspaces over several endpoints, for the status app. Runs as `reader`: `public_*` views only. */
import type pg from "pg";

export interface PublicStatusPage {
  readonly slug: string;
  readonly title: string;
  readonly description: string | null;
  readonly hasLogo: boolean;
  /** Slugs of today of its endpoints, in the order of the page; never one that is private. */
  readonly endpointSlugs: readonly string[];
}

const SLUG = /^[a-z0-9-]{1,60}$/;

/** Null for a slug that no page has. Leans on the unique slug. */
export async function findPublicStatusPage(pool: pg.Pool, slug: string): Promise<PublicStatusPage | null> {
  if (!SLUG.test(slug)) {
    return null;
  }
  const { rows } = await pool.query<PublicStatusPage>(
    `SELECT p.slug, p.title, p.description,
       EXISTS (SELECT FROM public_status_page_logo l WHERE l.slug = p.slug) AS "hasLogo",
       coalesce((SELECT array_agg(e.slug ORDER BY m.position) FROM public_status_page_endpoint m
         JOIN public_endpoint e ON e.id = m.endpoint_id WHERE m.page_id = p.id), '{}') AS "endpointSlugs"
     FROM public_status_page p WHERE p.slug = $1`,
    [slug],
  );
  return rows[0] ?? null;
}

/** Slug of the page that is shown at this host; null when there is none. Leans on the host being the key. */
export async function findSlugOfHost(pool: pg.Pool, host: string): Promise<string | null> {
  const { rows } = await pool.query<{ slug: string }>(
    "SELECT slug FROM public_status_page_host WHERE host = $1",
    [host],
  );
  return rows[0]?.slug ?? null;
}

export interface PublicLogo {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The picture of a page; null when it has none, or is none. */
export async function findPublicLogo(pool: pg.Pool, slug: string): Promise<PublicLogo | null> {
  if (!SLUG.test(slug)) {
    return null;
  }
  const { rows } = await pool.query<PublicLogo>(
    'SELECT content_type AS "contentType", bytes FROM public_status_page_logo WHERE slug = $1',
    [slug],
  );
  return rows[0] ?? null;
}

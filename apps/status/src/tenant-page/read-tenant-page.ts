import { publicLine, publicLines } from "@alivemcp/core/public-text";
import { findPublicStatusPage } from "@alivemcp/db/queries/public-status-pages";
import { withDeadline } from "@alivemcp/runtime/with-deadline";
import type { Deps } from "../deps.ts";
import { readNews } from "../incidents/read-news.ts";
import type { PageReport, ReportedEndpoint } from "../report/page-report.ts";
import { toReading } from "../to-reading.ts";

const DEADLINE_MS = 2_500;

type ReadDeps = Pick<
  Deps,
  "pool" | "clock" | "log" | "regions" | "news" | "liveStates" | "config" | "catalogue"
>;

/** Which page, and where it is read: at a host of its own, or (null) below the installation's name. */
export interface TenantPagePlace {
  readonly slug: string;
  readonly host: string | null;
}

/** `unavailable`: which endpoints are on the page cannot be read, because Postgres is away. */
export type TenantPage =
  | { readonly kind: "page"; readonly report: PageReport; readonly hasLogo: boolean }
  | { readonly kind: "not-found" }
  | { readonly kind: "unavailable" };

/** One page of a workspace over several endpoints. What turned private, or went, is left out. Never rejects. */
export async function readTenantPage(deps: ReadDeps, place: TenantPagePlace): Promise<TenantPage> {
  const publicUrl = deps.config.PUBLIC_URL;
  try {
    const page = await withDeadline(findPublicStatusPage(deps.pool, place.slug), DEADLINE_MS);
    if (page === null) {
      return { kind: "not-found" };
    }
    const found = await Promise.all(page.endpointSlugs.map((one) => readEndpoint(deps, one)));
    const endpoints = found.filter((one) => one !== null);
    const news = await readNews(
      deps,
      endpoints.map(({ endpointId }) => endpointId),
    );
    const report: PageReport = {
      id: page.slug,
      title: publicLine(page.title, 100),
      description: page.description === null ? null : publicLines(page.description, 1_000),
      url:
        place.host === null ? `${publicUrl}/p/${page.slug}` : `${new URL(publicUrl).protocol}//${place.host}`,
      endpoints,
      incidents: news?.incidents ?? null,
      maintenances: news?.maintenances ?? [],
    };
    return { kind: "page", report, hasLogo: page.hasLogo };
  } catch (err) {
    deps.log.warn({ err }, "a page of a workspace could not be read");
    return { kind: "unavailable" };
  }
}

async function readEndpoint(deps: ReadDeps, slug: string): Promise<ReportedEndpoint | null> {
  const entry = await deps.catalogue.find(slug);
  if (entry === null) {
    return null;
  }
  const view = await deps.liveStates.find(entry.endpointId);
  return { endpointId: entry.endpointId, reading: toReading(entry, view, deps.clock.nowMs()) };
}

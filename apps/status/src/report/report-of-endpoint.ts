import type { CatalogueEntry } from "../catalogue.ts";
import type { Deps } from "../deps.ts";
import { readNews } from "../incidents/read-news.ts";
import { toReading } from "../to-reading.ts";
import type { PageReport } from "./page-report.ts";

/** The status page of one endpoint as programs read it. Never rejects: with Postgres away its incidents are missing. */
export async function reportOfEndpoint(
  deps: Pick<Deps, "pool" | "clock" | "log" | "regions" | "news" | "liveStates" | "config">,
  entry: CatalogueEntry,
): Promise<PageReport> {
  const { endpoint, endpointId } = entry;
  const [view, news] = await Promise.all([deps.liveStates.find(endpointId), readNews(deps, [endpointId])]);
  return {
    id: endpoint.slug,
    title: endpoint.name,
    description: null,
    url: `${deps.config.PUBLIC_URL}/status/${endpoint.slug}`,
    endpoints: [{ endpointId, reading: toReading(entry, view, deps.clock.nowMs()) }],
    incidents: news?.incidents ?? null,
    maintenances: news?.maintenances ?? [],
  };
}

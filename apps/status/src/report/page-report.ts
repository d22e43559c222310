/**
 * One public page as programs read it: Markdown, `summary.json` and feeds are made of this and of nothing else. Nothing
 * in it changes with the hour alone, so that an answer keeps its ETag until there is news.
 */
import type { PublicIncident } from "@alivemcp/core/public-incident";
import type { PublicMaintenance } from "@alivemcp/core/public-maintenance";
import type { EndpointReading } from "../endpoint-reading.ts";

export interface ReportedEndpoint {
  readonly endpointId: string;
  readonly reading: EndpointReading;
}

export interface PageReport {
  /** Slug. */
  readonly id: string;
  readonly title: string;
  readonly description: string | null;
  /** Of the page for people. */
  readonly url: string;
  /** In the order of the page. */
  readonly endpoints: readonly ReportedEndpoint[];
  /** Null while Postgres is away. */
  readonly incidents: readonly PublicIncident[] | null;
  readonly maintenances: readonly PublicMaintenance[];
}

/** Name of an endpoint on a page of several; null on a page of one, where it is plain. */
export function nameOn(report: Pick<PageReport, "endpoints">, endpointId: string): string | null {
  return report.endpoints.length === 1
    ? null
    : (report.endpoints.find((one) => one.endpointId === endpointId)?.reading.endpoint.name ?? null);
}

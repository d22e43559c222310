import { atomFeed, type IncidentFeed, rssFeed } from "../feeds/incident-feed.ts";
import { AWAY_ANSWER, type CachedAnswer, cachedAnswer } from "../http-answer.ts";
import { nameOn, type PageReport } from "./page-report.ts";
import { reportMarkdown } from "./report-markdown.ts";
import { summaryJson } from "./summary-json.ts";

/** Forms of a page that programs ask for, by what follows its address. */
export type ReportForm = "feed.atom" | "feed.rss" | "api/v2/summary.json" | "markdown";

/** One page in one form. A feed without incidents to tell is no feed: 503 while they cannot be read. */
export function reportAnswer(
  report: PageReport,
  form: ReportForm,
  more: { readonly publicUrl: string; readonly nowMs: number },
): CachedAnswer {
  switch (form) {
    case "markdown":
      return cachedAnswer(reportMarkdown(report, more.publicUrl), "text/markdown; charset=utf-8");
    case "api/v2/summary.json":
      return cachedAnswer(summaryJson(report, more.nowMs), "application/json; charset=utf-8");
    case "feed.atom":
      return feedAnswer(report, form, atomFeed, "application/atom+xml; charset=utf-8");
    case "feed.rss":
      return feedAnswer(report, form, rssFeed, "application/rss+xml; charset=utf-8");
  }
}

function feedAnswer(
  report: PageReport,
  form: ReportForm,
  make: (feed: IncidentFeed) => string,
  type: string,
): CachedAnswer {
  if (report.incidents === null) {
    return AWAY_ANSWER;
  }
  const feed = make({
    title: `Incidents of ${report.title}`,
    pageUrl: report.url,
    feedUrl: `${report.url}/${form}`,
    sinceMs: Math.min(...report.endpoints.map(({ reading }) => reading.endpoint.watchedSinceMs)),
    incidents: report.incidents,
    nameOf: (endpointId) => nameOn(report, endpointId),
  });
  return cachedAnswer(feed, type);
}

/**
 * Incidents as a feed. Everything in it changes with the incidents only, never with the hour: who asks again gets the
 * same bytes, or 304.
 */
import { incidentDurationMs, type PublicIncident } from "@alivemcp/core/public-incident";
import { spanText, utcText } from "@alivemcp/pages/figures";
import { STAGE_WORDS } from "../incidents/stage-words.ts";
import { xmlText } from "./xml.ts";

export interface IncidentFeed {
  readonly title: string;
  /** Page that the feed is about. */
  readonly pageUrl: string;
  /** Where this feed is. */
  readonly feedUrl: string;
  /** When watching began: a feed without incidents is as old. */
  readonly sinceMs: number;
  /** Newest first. */
  readonly incidents: readonly PublicIncident[];
  /** Of the endpoint, in a feed of several; null where it is plain. */
  readonly nameOf: (endpointId: string) => string | null;
}

const FEED_ENTRIES_MAX = 50;

/** Atom (RFC 4287). */
export function atomFeed(feed: IncidentFeed): string {
  const entries = shown(feed).map(
    (incident) => `<entry>
<id>urn:uuid:${xmlText(incident.id)}</id>
<title>${xmlText(titleOf(feed, incident))}</title>
<link rel="alternate" type="text/html" href="${xmlText(linkOf(feed, incident))}"/>
<published>${instant(incident.startedAtMs)}</published>
<updated>${instant(changedAtMs(incident))}</updated>
<content type="text">${xmlText(storyOf(incident))}</content>
</entry>
`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${xmlText(feed.feedUrl)}</id>
<title>${xmlText(feed.title)}</title>
<link rel="self" type="application/atom+xml" href="${xmlText(feed.feedUrl)}"/>
<link rel="alternate" type="text/html" href="${xmlText(feed.pageUrl)}"/>
<updated>${instant(newestMs(feed))}</updated>
<author><name>AliveMCP</name></author>
${entries.join("")}</feed>
`;
}

/** RSS 2.0 (https://www.rssboard.org/rss-specification) with its own address, as the board's profile asks. */
export function rssFeed(feed: IncidentFeed): string {
  const items = shown(feed).map(
    (incident) => `<item>
<guid isPermaLink="false">urn:uuid:${xmlText(incident.id)}</guid>
<title>${xmlText(titleOf(feed, incident))}</title>
<link>${xmlText(linkOf(feed, incident))}</link>
<pubDate>${new Date(incident.startedAtMs).toUTCString()}</pubDate>
<description>${xmlText(storyOf(incident))}</description>
</item>
`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
<title>${xmlText(feed.title)}</title>
<link>${xmlText(feed.pageUrl)}</link>
<atom:link rel="self" type="application/rss+xml" href="${xmlText(feed.feedUrl)}"/>
<description>${xmlText(`${feed.title}, as AliveMCP measures them from outside.`)}</description>
<lastBuildDate>${new Date(newestMs(feed)).toUTCString()}</lastBuildDate>
${items.join("")}</channel>
</rss>
`;
}

const shown = ({ incidents }: IncidentFeed) => incidents.slice(0, FEED_ENTRIES_MAX);
const instant = (atMs: number) => new Date(atMs).toISOString();
const linkOf = ({ pageUrl }: IncidentFeed, { id }: PublicIncident) => `${pageUrl}#incident-${id}`;

function titleOf({ nameOf }: IncidentFeed, incident: PublicIncident): string {
  const name = nameOf(incident.endpointId);
  const title = incident.endedAtMs === null ? incident.title : `Resolved: ${incident.title}`;
  return name === null ? title : `${name}: ${title}`;
}

/** When there was last something new: its start, an update, its end. */
const changedAtMs = ({ startedAtMs, endedAtMs, updates }: PublicIncident): number =>
  Math.max(startedAtMs, endedAtMs ?? 0, ...updates.map(({ atMs }) => atMs));

const newestMs = (feed: IncidentFeed): number => Math.max(feed.sinceMs, ...shown(feed).map(changedAtMs));

/** What, when, where, and the operator's words, newest first; lines of plain text. */
function storyOf(incident: PublicIncident): string {
  const { startedAtMs, endedAtMs, cities, updates } = incident;
  const where = cities.length === 0 ? "" : `, seen from ${cities.join(", ")}`;
  const when =
    endedAtMs === null
      ? `Since ${utcText(startedAtMs)}${where}.`
      : `From ${utcText(startedAtMs)} to ${utcText(endedAtMs)} (${spanText(incidentDurationMs(incident, endedAtMs))})${where}.`;
  return [
    `${incident.title}. ${when}`,
    ...updates
      .toReversed()
      .map(({ stage, body, atMs }) => `${STAGE_WORDS[stage]}, ${utcText(atMs)}: ${body}`),
  ].join("\n\n");
}

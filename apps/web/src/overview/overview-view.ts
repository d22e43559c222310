import type { RegionReading } from "@alivemcp/actions/watched/region-readings";
import { agoTime, cadenceText, type Html, latencyText, percentText } from "@alivemcp/pages/figures";
import { stateIcon, stateMark } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import {
  OVERVIEW_SORTS,
  type OverviewFilter,
  type OverviewQuery,
  type OverviewSort,
  overviewSearch,
} from "./overview-query.ts";
import { regionMarks } from "./region-marks.ts";
import type { Overview, OverviewRow } from "./select-overview.ts";
import { TROUBLE_NAMES, TROUBLE_STATES, troubleFacts } from "./trouble-words.ts";

export interface OverviewModel {
  readonly overview: Overview;
  readonly query: OverviewQuery;
  /** Votes of the endpoints on the page, by endpoint id. */
  readonly regions: ReadonlyMap<string, readonly RegionReading[]>;
  cityOf(region: string): string;
  /** `/w/<workspace>`. */
  readonly base: string;
  /** In front of `/help/<reason>`. */
  readonly helpBase: string;
  readonly mayAdd: boolean;
  /** What the live stream compares with. */
  readonly digest: string;
  readonly nowMs: number;
}

/** Most troubles listed on top; the rest is one link away. */
const WRONG_SHOWN = 8;

/** What `wrongNow` lists. */
export const shownWrong = ({ wrong }: Overview): readonly OverviewRow[] => wrong.slice(0, WRONG_SHOWN);

const FILTER_NAMES: Record<OverviewFilter, string> = {
  trouble: "Needs a look",
  down: "Down",
  degraded: "Degraded",
  live: "Live",
  unknown: "Unknown",
  paused: "Paused",
};
const SORT_NAMES: Record<OverviewSort, string> = {
  name: "Name",
  state: "Trouble first",
  uptime: "Lowest uptime",
  latency: "Slowest",
  newest: "Newest",
};

/** Everything a workspace watches: what is wrong now, then all of it. Plain links and one GET form. */
export function overviewView(model: OverviewModel): Html {
  const { overview, base, mayAdd } = model;
  if (overview.total === 0) {
    return firstSteps(model);
  }
  return html`<div class="title-row"><h1>Endpoints</h1>${mayAdd ? addLinks(base) : ""}</div>
<div id="overview" data-live="${base}/events?since=${model.digest}">
${wrongNow(model)}
${filters(model)}
</div>
${searchForm(model)}
<div id="endpoints" data-live>
${overview.matches === 0 ? nothingMatches(model) : table(model)}
${pages(model)}
</div>`;
}

const addLinks = (base: string) =>
  html`<p class="actions"><a class="button" href="${base}/endpoints/new">Add endpoint</a> <a class="button quiet" href="${base}/endpoints/import">Import</a></p>`;

function firstSteps({ base, mayAdd }: OverviewModel): Html {
  if (!mayAdd) {
    return html`<h1>Endpoints</h1><div class="empty"><h2>Nothing is watched yet</h2>
<p>A member, admin or the owner of this workspace can add the first endpoint.</p></div>`;
  }
  return html`<h1>Endpoints</h1>
<div class="empty"><h2>Add your first endpoint</h2>
<p>Give the URL of an MCP server. It is probed from every region at once, and its first result is here within ten seconds.</p>
<p><a class="button" href="${base}/endpoints/new">Add endpoint</a></p>
<p class="faint">Have a list already? <a href="${base}/endpoints/import">Import</a> an <code>mcp.json</code>, a registry’s <code>server.json</code> or a CSV file.</p></div>`;
}

function wrongNow(model: OverviewModel): Html {
  const { overview, query, base } = model;
  const { wrong, total } = overview;
  if (wrong.length === 0) {
    const measured = total === 1 ? "The endpoint works" : `All ${total} endpoints work`;
    return html`<section class="calm" aria-labelledby="now-title"><h2 id="now-title" class="mark mark-live">${stateIcon("live")}<span>${measured}</span></h2>
<p class="faint">Nothing is down, degraded, changed or about to expire.</p></section>`;
  }
  const more = wrong.length - WRONG_SHOWN;
  return html`<section class="wrong" aria-labelledby="now-title"><h2 id="now-title">Needs a look now <span class="count">${wrong.length}</span></h2>
<ul class="troubles">${shownWrong(overview).map((row) => troubleItem(row, model))}</ul>
${more > 0 ? html`<p><a href="${base}/${overviewSearch(query, { show: "trouble", sort: "state" })}">${more} more</a></p>` : ""}</section>`;
}

function troubleItem({ reading, troubles }: OverviewRow, model: OverviewModel): Html | "" {
  const { endpoint } = reading;
  const [first, ...others] = troubles;
  if (first === undefined) {
    return "";
  }
  const state = TROUBLE_STATES[first.kind];
  const regions = model.regions.get(endpoint.id) ?? [];
  return html`<li class="trouble trouble-${state}">
<span class="mark mark-${state}">${stateIcon(state)}<span>${TROUBLE_NAMES[first.kind]}</span></span>
<a class="name" href="${model.base}/endpoints/${endpoint.slug}">${endpoint.name}</a>
<span class="facts-line">${troubleFacts(first, model.nowMs, model.helpBase)}${others.map(
    (other) => html` <span class="tag tag-warn">${TROUBLE_NAMES[other.kind]}</span>`,
  )}</span>
${regionMarks(regions, model.cityOf)}</li>`;
}

function filters({ overview, query, base }: OverviewModel): Html {
  const chip = (show: OverviewFilter | null, label: string, count: number) =>
    html`<li><a href="${base}/${overviewSearch(query, { show })}"${query.show === show ? html` aria-current="true"` : ""}>${
      show === "down" || show === "degraded" || show === "live" || show === "unknown" ? stateIcon(show) : ""
    }${label} <b>${count}</b></a></li>`;
  const names = Object.keys(FILTER_NAMES) as OverviewFilter[];
  return html`<nav class="filters" aria-label="Filter"><ul>${chip(null, "All", overview.counts.all)}${names
    .filter((name) => overview.counts[name] > 0 || query.show === name)
    .map((name) => chip(name, FILTER_NAMES[name], overview.counts[name]))}</ul></nav>`;
}

function searchForm({ overview, query, base }: OverviewModel): Html {
  const select = (
    name: string,
    label: string,
    any: string,
    words: readonly string[],
    chosen: string | null,
  ) =>
    words.length === 0
      ? ""
      : html`<label><span>${label}</span><select name="${name}"><option value="">${any}</option>${words.map(
          (word) => html`<option value="${word}"${word === chosen ? html` selected` : ""}>${word}</option>`,
        )}</select></label>`;
  return html`<form class="toolbar" method="get" action="${base}/" role="search">
<label class="grow"><span>Search</span><input type="search" name="q" value="${query.text}" placeholder="Name, URL or tag" maxlength="200" autocomplete="off"></label>
${query.show === null ? "" : html`<input type="hidden" name="show" value="${query.show}">`}
${select("group", "Group", "Any group", overview.groups, query.group)}
${select("tag", "Tag", "Any tag", overview.tags, query.tag)}
<label><span>Order</span><select name="sort">${OVERVIEW_SORTS.map(
    (sort) =>
      html`<option value="${sort}"${sort === query.sort ? html` selected` : ""}>${SORT_NAMES[sort]}</option>`,
  )}</select></label>
<button type="submit">Show</button></form>`;
}

function table(model: OverviewModel): Html {
  const { page, pages } = model.overview;
  return html`<table class="board endpoints">
<caption class="visually-hidden">Endpoints, page ${page} of ${pages}</caption>
<thead><tr><th scope="col">State</th><th scope="col">Endpoint</th><th scope="col">Regions</th><th scope="col" class="number">24 h</th><th scope="col" class="number">30 d</th><th scope="col" class="number">p95, 24 h</th><th scope="col" class="number">Last probe</th></tr></thead>
<tbody>${model.overview.rows.map((row) => tableRow(row, model))}</tbody></table>`;
}

function tableRow({ reading, troubles }: OverviewRow, model: OverviewModel): Html {
  const { endpoint, status, windows, latest } = reading;
  const isPaused = endpoint.pausedAtMs !== null;
  const regions = model.regions.get(endpoint.id) ?? [];
  return html`<tr>
<td class="state">${isPaused ? html`<span class="mark mark-unknown">${stateIcon("unknown")}<span>Paused</span></span>` : stateMark(status)}${troubles
    .filter(({ kind }) => kind === "suspicious-drift" || kind === "breaking-drift" || kind === "certificate")
    .map(({ kind }) => html` <span class="tag tag-warn">${TROUBLE_NAMES[kind]}</span>`)}</td>
<th scope="row"><a href="${model.base}/endpoints/${endpoint.slug}">${endpoint.name}</a>${tagsOf(endpoint).map((word) => html` <span class="tag">${word}</span>`)}<span class="url" title="${endpoint.url}">${endpoint.url.replace(/^https?:\/\//, "")}</span></th>
<td data-label="Regions">${isPaused ? "" : regionMarks(regions, model.cityOf)}</td>
<td data-label="24 h" class="number">${percentText(windows.uptime["24h"])}</td>
<td data-label="30 d" class="number">${percentText(windows.uptime["30d"])}</td>
<td data-label="p95" class="number">${latencyText(windows.latencyMsP95Of24h)}</td>
<td data-label="Last probe" class="number last">${
    latest === null
      ? "–"
      : html`<span title="Probed ${cadenceText(endpoint.cadenceMs)}">${agoTime(latest.atMs, model.nowMs)}</span>`
  }</td>
</tr>`;
}

const tagsOf = (endpoint: OverviewRow["reading"]["endpoint"]) => [
  ...(endpoint.isFollowed ? ["followed"] : []),
  ...(endpoint.visibility === "private" ? ["private"] : []),
  ...(endpoint.group === null ? [] : [endpoint.group]),
  ...endpoint.tags,
];

function nothingMatches({ base }: OverviewModel): Html {
  return html`<div class="empty"><h2>No endpoint matches</h2><p>Try fewer words, or <a href="${base}/">show all endpoints</a>.</p></div>`;
}

function pages({ overview, query, base }: OverviewModel): Html | "" {
  const { page, matches } = overview;
  if (overview.pages === 1) {
    return "";
  }
  const link = (to: number) => `${base}/${overviewSearch(query, { page: to })}`;
  return html`<nav class="pages" aria-label="Pages">
${page > 1 ? html`<a rel="prev" href="${link(page - 1)}">Previous</a>` : ""}
<span>Page ${page} of ${overview.pages}, ${matches} endpoints</span>
${page < overview.pages ? html`<a rel="next" href="${link(page + 1)}">Next</a>` : ""}
</nav>`;
}

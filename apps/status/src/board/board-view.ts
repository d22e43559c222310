import { PUBLIC_STATES, type PublicState } from "@alivemcp/core/states";
import { agoTime, type Html, latencyText, percentText } from "@alivemcp/pages/figures";
import { stateIcon, stateMark } from "@alivemcp/pages/state-mark";
import { html } from "hono/html";
import type { EndpointReading } from "../endpoint-reading.ts";
import { BOARD_SORTS, type BoardQuery, type BoardSort, boardPath } from "./board-query.ts";
import type { BoardPage } from "./select-board.ts";

const STATE_NAMES: Record<PublicState, string> = {
  live: "Live",
  degraded: "Degraded",
  down: "Down",
  unknown: "Unknown",
};
const SORT_NAMES: Record<BoardSort, string> = {
  name: "Name",
  state: "Trouble first",
  uptime: "Lowest uptime",
  latency: "Slowest",
  changed: "Changed last",
};

/** The board: search, filters by state, transport and era, and one row per endpoint. Plain links and one GET form. */
export function boardView(query: BoardQuery, board: BoardPage, nowMs: number): Html {
  const total = PUBLIC_STATES.reduce((sum, state) => sum + board.countByState[state], 0);
  return html`<h1>MCP endpoints, watched from outside</h1>
<p class="lead">Every endpoint here is probed in its own protocol: handshake, tool list, and what changed in it.</p>
${searchForm(query)}
<div id="board" data-live>
<nav class="filters" aria-label="Filter by state"><ul>
<li><a href="${boardPath(query, { state: null })}"${current(query.state === null)}>All <b>${total}</b></a></li>
${PUBLIC_STATES.map(
  (state) =>
    html`<li><a href="${boardPath(query, { state })}"${current(query.state === state)}>${stateIcon(state)}${STATE_NAMES[state]} <b>${board.countByState[state]}</b></a></li>`,
)}
</ul></nav>
${board.matches === 0 ? emptyBoard(query) : table(board, nowMs)}
${pages(query, board)}
</div>`;
}

const current = (is: boolean) => (is ? html` aria-current="true"` : "");

function searchForm(query: BoardQuery): Html {
  return html`<form class="search" method="get" action="/" role="search">
<label class="grow"><span>Search</span><input type="search" name="q" value="${query.text}" placeholder="Name or URL" maxlength="200" autocomplete="off"></label>
${query.state === null ? "" : html`<input type="hidden" name="state" value="${query.state}">`}
<label><span>Transport</span><select name="transport">${options(query.transport, [
    ["", "Any"],
    ["http", "Streamable HTTP"],
    ["sse", "HTTP+SSE"],
  ])}</select></label>
<label><span>Protocol era</span><select name="era">${options(query.era, [
    ["", "Any"],
    ["legacy", "Handshake (≤ 2025-11-25)"],
    ["modern", "Modern (2026-07-28)"],
  ])}</select></label>
<label><span>Order</span><select name="sort">${options(
    query.sort,
    BOARD_SORTS.map((sort) => [sort, SORT_NAMES[sort]]),
  )}</select></label>
<button type="submit">Show</button>
</form>`;
}

function options(chosen: string | null, choices: readonly (readonly [string, string])[]): Html[] {
  return choices.map(
    ([value, label]) =>
      html`<option value="${value}"${value === (chosen ?? "") ? html` selected` : ""}>${label}</option>`,
  );
}

function table(board: BoardPage, nowMs: number): Html {
  return html`<table class="board">
<caption class="visually-hidden">Endpoints, page ${board.page} of ${board.pages}</caption>
<thead><tr><th scope="col">State</th><th scope="col">Endpoint</th><th scope="col">Speaks</th><th scope="col" class="number">Uptime, 30 d</th><th scope="col" class="number">Median, 24 h</th><th scope="col" class="number">Last probe</th></tr></thead>
<tbody>${board.rows.map((row) => tableRow(row, nowMs))}</tbody>
</table>`;
}

function tableRow({ endpoint, status, windows, lastProbeAtMs }: EndpointReading, nowMs: number): Html {
  return html`<tr>
<td class="state">${stateMark(status)}</td>
<th scope="row"><a href="/status/${endpoint.slug}">${endpoint.name}</a><span class="url">${endpoint.url}</span></th>
<td data-label="Speaks">${speaks(endpoint.measured)}</td>
<td data-label="Uptime, 30 d" class="number">${percentText(windows.uptime["30d"])}</td>
<td data-label="Median, 24 h" class="number">${latencyText(windows.latencyMsP50Of24h)}</td>
<td data-label="Last probe" class="number">${lastProbeAtMs === null ? "–" : agoTime(lastProbeAtMs, nowMs)}</td>
</tr>`;
}

function speaks(measured: EndpointReading["endpoint"]["measured"]): string {
  if (measured === null || (measured.transport === null && measured.protocolVersion === null)) {
    return "–";
  }
  const transport = measured.transport === "sse" ? "HTTP+SSE" : "HTTP";
  return measured.protocolVersion === null ? transport : `${transport}, ${measured.protocolVersion}`;
}

function emptyBoard(query: BoardQuery): Html {
  if (boardPath(query, { sort: "name", page: 1 }) === "/") {
    return html`<div class="empty"><h2>Nothing is watched yet</h2>
<p>Add the first endpoint with <code>npx alivemcp add &lt;url&gt;</code>; its first verdict is here within seconds.</p>
<p>Or <a href="/check">check a URL once</a>, without adding it.</p></div>`;
  }
  const isUrl = /^https?:\/\//i.test(query.text);
  return html`<div class="empty"><h2>No endpoint matches</h2>
<p>${isUrl ? html`This URL is not on the board. <a href="/check?url=${encodeURIComponent(query.text)}">Check it once now</a>, or` : html`Try fewer words, or`}
<a href="/">show all endpoints</a>.</p></div>`;
}

function pages(query: BoardQuery, board: BoardPage): Html | "" {
  if (board.pages === 1) {
    return "";
  }
  return html`<nav class="pages" aria-label="Pages">
${board.page > 1 ? html`<a rel="prev" href="${boardPath(query, { page: board.page - 1 })}">Previous</a>` : ""}
<span>Page ${board.page} of ${board.pages}, ${board.matches} endpoints</span>
${board.page < board.pages ? html`<a rel="next" href="${boardPath(query, { page: board.page + 1 })}">Next</a>` : ""}
</nav>`;
}

import type { WatchedEndpoint } from "@alivemcp/db/queries/watched-endpoints";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";

export type EndpointTab = "status" | "tools" | "failures" | "alerts" | "badge" | "settings";

const TABS: readonly { readonly tab: EndpointTab; readonly path: string; readonly label: string }[] = [
  { tab: "status", path: "", label: "Status" },
  { tab: "tools", path: "/tools", label: "Tools" },
  { tab: "failures", path: "/failures", label: "Failures" },
  { tab: "alerts", path: "/alerts", label: "Alerts" },
  { tab: "badge", path: "/badge", label: "Badge and code" },
  { tab: "settings", path: "/edit", label: "Settings" },
];

/** Name, address and pages of one endpoint. Settings are for those who may change it, and a followed one has none. */
export function endpointHeader(
  endpoint: Pick<
    WatchedEndpoint,
    "slug" | "name" | "url" | "isFollowed" | "visibility" | "pausedAtMs" | "tags" | "group"
  >,
  options: {
    readonly base: string;
    /** The viewer may change it: it then has settings. */
    readonly mayChange: boolean;
    readonly current: EndpointTab;
    readonly actions?: Html | "";
  },
): Html {
  const { base, mayChange, current, actions = "" } = options;
  const home = `${base}/endpoints/${endpoint.slug}`;
  const words = [
    ...(endpoint.isFollowed ? ["followed"] : [endpoint.visibility]),
    ...(endpoint.pausedAtMs === null ? [] : ["paused"]),
    ...(endpoint.group === null ? [] : [endpoint.group]),
    ...endpoint.tags,
  ];
  const hasSettings = mayChange && !endpoint.isFollowed;
  const tabs = TABS.filter(({ tab }) => hasSettings || tab !== "settings");
  return html`<p class="crumb"><a href="${base}/">Endpoints</a></p>
<div class="title-row"><div><h1>${endpoint.name}</h1><p class="url">${endpoint.url}</p>
<p class="tags">${words.map((word) => html`<span class="tag">${word}</span> `)}</p></div>${actions}</div>
<nav class="tabs" aria-label="Endpoint"><ul>${tabs.map(
    ({ tab, path, label }) =>
      html`<li><a href="${home}${path}"${tab === current ? html` aria-current="page"` : ""}>${label}</a></li>`,
  )}</ul></nav>`;
}

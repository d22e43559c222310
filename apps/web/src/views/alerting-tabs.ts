import { html } from "hono/html";
import type { Html } from "./html.ts";
import { ALERTING_TABS, type AlertingTab } from "./navigation.ts";

/** The pages of alerting beside each other; `base` is `/w/<workspace>`. */
export const alertingTabs = (base: string, current: AlertingTab): Html =>
  html`<nav class="tabs" aria-label="Alerting"><ul>${ALERTING_TABS.map(
    ({ path, tab, label }) =>
      html`<li><a href="${base}/${path}"${tab === current ? html` aria-current="page"` : ""}>${label}</a></li>`,
  )}</ul></nav>`;

import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";

/** Asks once more, naming what goes. */
export function deleteView(
  row: EndpointRow,
  { home, csrf }: { readonly home: string; readonly csrf: Html },
): Html {
  return html`<h2>Delete ${row.name}?</h2>
<p>This cannot be undone. Gone will be: its results and uptime of ${row.createdAt.toISOString().slice(0, 10)} until today, its drift history, ${
    row.visibility === "private"
      ? "and its credential."
      : "its page, its badge, and the answers that other pages embed."
  }${row.visibility === "public" ? " Whoever follows it is told." : ""}</p>
<p>To stop the probes and keep the history, pause it instead.</p>
<form method="post" action="${home}/delete">${csrf}
<p class="actions"><button class="danger" type="submit">Delete for good</button> <a class="button quiet" href="${home}/edit">Keep it</a></p></form>`;
}

import { decidePermission } from "@alivemcp/core/permissions";
import type { DriftEventRow } from "@alivemcp/db/queries/drift-events";
import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { csrfField } from "../middleware/form-guard.ts";
import type { WebContext } from "../web-env.ts";

/** The button that makes the list after a change the baseline; nothing for who may not press it. */
export function acceptForm(
  c: WebContext,
  input: {
    /** `/w/<workspace>/endpoints/<slug>`. */
    readonly home: string;
    readonly event: Pick<DriftEventRow, "id" | "toFullHash" | "acceptedAtMs" | "isSuspicious">;
    readonly isFollowed: boolean;
  },
): Html | "" {
  const { event, home } = input;
  const isOpen = event.acceptedAtMs === null && event.toFullHash !== null && !input.isFollowed;
  if (!isOpen || decidePermission(c.var.workspace.caller.actor, "drift.accept").kind === "refused") {
    return "";
  }
  return html`<form method="post" action="${home}/drift/${event.id}/accept" class="accept">${csrfField(c)}
<button type="submit">Accept the new list</button>
<span class="faint">It becomes the baseline: changes up to it are settled, later ones are told against it.${
    event.isSuspicious ? " A person should have read the marked lines." : ""
  }</span></form>`;
}

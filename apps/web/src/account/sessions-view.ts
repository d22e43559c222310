import type { SessionRow } from "@alivemcp/db/queries/sessions-identity";
import { html } from "hono/html";
import { csrfField } from "../middleware/form-guard.ts";
import type { Html } from "../views/html.ts";
import type { WebContext } from "../web-env.ts";
import { deviceName } from "./device-name.ts";

export function sessionsView(
  c: WebContext,
  input: { readonly sessions: readonly SessionRow[]; readonly currentId: string },
): Html {
  const { sessions, currentId } = input;
  const others = sessions.filter(({ id }) => id !== currentId);
  return html`<h1>Sessions</h1>
<p>Every device that is signed in to your account. A session ends 14 days after its last visit.</p>
<ul class="sessions">${sessions.map((session) => row(c, session, session.id === currentId))}</ul>
${
  others.length === 0
    ? ""
    : html`<form method="post" action="/account/sessions/end-others">${csrfField(c)}<p class="row"><button type="submit">Sign out all others</button></p></form>`
}`;
}

function row(c: WebContext, session: SessionRow, isCurrent: boolean): Html {
  const device = deviceName(session.userAgent);
  return html`<li><div><b>${device}</b>${isCurrent ? html` <span class="tag">this one</span>` : ""}<br>
<span class="faint">${session.address ?? "unknown address"} · since ${day(session.createdAt)} · last seen ${day(session.seenAt)}</span></div>
${
  isCurrent
    ? ""
    : html`<form method="post" action="/account/sessions/end">${csrfField(c)}<input type="hidden" name="session" value="${session.id}"><button class="second" type="submit" aria-label="Sign out ${device}, since ${day(session.createdAt)}">Sign out</button></form>`
}</li>`;
}

const day = (at: Date) => html`<time datetime="${at.toISOString()}">${at.toISOString().slice(0, 10)}</time>`;

import { html } from "hono/html";
import { csrfField } from "../middleware/form-guard.ts";
import type { WebContext } from "../web-env.ts";
import type { Html } from "./html.ts";

/** A form that is one button. */
export const postButton = (
  c: WebContext,
  button: {
    readonly action: string;
    readonly label: string;
    /** Read instead of the label where many of a kind stand on a page. */
    readonly spoken?: string;
    readonly look?: "quiet" | "danger";
    readonly isOff?: boolean;
    readonly fields?: Readonly<Record<string, string>>;
  },
): Html =>
  html`<form method="post" action="${button.action}">${csrfField(c)}${Object.entries(button.fields ?? {}).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button type="submit"${button.look === undefined ? "" : html` class="${button.look}"`}${
    button.spoken === undefined ? "" : html` aria-label="${button.spoken}"`
  }${button.isOff ? html` disabled` : ""}>${button.label}</button></form>`;

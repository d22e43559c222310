import { html } from "hono/html";
import type { Html } from "./html.ts";

/** Something that asks once more before it happens; works without JavaScript. */
export const confirmDetails = (input: {
  readonly label: string;
  /** Read instead of the label where many of a kind stand on a page. */
  readonly spoken?: string;
  readonly body: Html;
}): Html =>
  html`<details class="confirm"><summary${input.spoken === undefined ? "" : html` aria-label="${input.spoken}"`}>${input.label}</summary><div>${input.body}</div></details>`;

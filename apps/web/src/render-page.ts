import { layout, type Page } from "./views/layout.ts";
import type { WebContext } from "./web-env.ts";

/** The finished page: `return c.html(await renderPage(c, { title, body }))`. */
export async function renderPage(c: WebContext, page: Page): Promise<string> {
  const markup = await layout(c, page);
  return String(markup);
}

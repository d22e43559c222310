import { html } from "hono/html";
import type { ApiDocument } from "../open-api/document.ts";

export function docsPage(document: ApiDocument, stylesPath: string) {
  return html`<!doctype html><html lang="en"><head><link rel="stylesheet" href="${stylesPath}"><title>${document.info.title}</title></head><body></body></html>`;
}

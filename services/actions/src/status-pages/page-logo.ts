import { AppError } from "@alivemcp/core/app-error";
import {
  deleteStatusPageLogo,
  type StatusPageRow,
  saveStatusPageLogo,
} from "@alivemcp/db/queries/status-pages";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getStatusPageIn } from "./change-status-page.ts";

export const LOGO_BYTES_MAX = 200 * 1_024;

type LogoType = "image/png" | "image/jpeg" | "image/webp";

/**
 * Puts a picture on a page instead of the one it had. Throws `not_found`, and `invalid` for what is above 200 KiB or is,
 * by its first bytes, neither PNG nor JPEG nor WebP: an SVG could carry scripts.
 */
export function setPageLogo(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: { readonly slug: string; readonly bytes: Uint8Array },
): Promise<StatusPageRow> {
  return change(deps, caller, "page.write", async (tx) => {
    const page = await getStatusPageIn(caller.scope, tx, input.slug);
    const contentType = requireLogo(input.bytes);
    await saveStatusPageLogo(caller.scope, tx, { pageId: page.id, contentType, bytes: input.bytes });
    const content = { contentType, bytes: input.bytes.byteLength };
    const audit = { deed: "page.set-logo", targetKind: "status-page", targetId: page.id, content };
    return { result: { ...page, hasLogo: true }, audit };
  });
}

/** Throws `not_found`; a page without a picture is left as it is. */
export function removePageLogo(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slug: string,
): Promise<StatusPageRow> {
  return change(deps, caller, "page.write", async (tx) => {
    const page = await getStatusPageIn(caller.scope, tx, slug);
    const isGone = await deleteStatusPageLogo(caller.scope, tx, page.id);
    const audit = { deed: "page.remove-logo", targetKind: "status-page", targetId: page.id };
    return { result: { ...page, hasLogo: false }, audit: isGone ? audit : null };
  });
}

function requireLogo(bytes: Uint8Array): LogoType {
  if (bytes.byteLength > LOGO_BYTES_MAX) {
    throw refused("This picture is larger than 200 KiB. Make it smaller first.");
  }
  const type = bytes.byteLength < 12 ? null : typeOf(bytes);
  if (type === null) {
    throw refused("This is no PNG, JPEG or WebP picture. Others, SVG among them, are not taken.");
  }
  return type;
}

/** By the signatures of PNG (section 5.2), JPEG (SOI and a marker) and WebP (RFC 9649, section 2.4). */
function typeOf(bytes: Uint8Array): LogoType | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) {
    return "image/png";
  }
  if (head.startsWith("\xff\xd8\xff")) {
    return "image/jpeg";
  }
  return head.startsWith("RIFF") && head.endsWith("WEBP") ? "image/webp" : null;
}

const refused = (sentence: string) =>
  new AppError({ code: "invalid", internal: "logo refused", public: sentence, field: "logo" });

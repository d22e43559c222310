import { AppError } from "@alivemcp/core/app-error";
import { checkEndpointUrl, normalizedUrl } from "@alivemcp/core/endpoint-url";
import { registrableDomain } from "@alivemcp/probe/registrable-domain";

/**
 * What somebody does not want probed: a host, a whole domain, or one URL as endpoints are compared, without fragment,
 * default port and trailing slash. Throws `invalid` naming the field `target`.
 */
export function readOptOutTarget(text: string): { kind: "domain" | "host" | "url"; target: string } {
  const isUrl = /^https?:\/\//i.test(text);
  const checked = checkEndpointUrl(isUrl ? text : `https://${text}`);
  if (checked.kind === "refused") {
    throw new AppError({
      code: "invalid",
      internal: `opt-out target unreadable: ${checked.reason}`,
      public: "Give a host name such as mcp.example.com, or a URL.",
      field: "target",
    });
  }
  const url = new URL(checked.url);
  if (isUrl && (url.pathname !== "/" || url.search !== "")) {
    return { kind: "url", target: normalizedUrl(url) };
  }
  return { kind: registrableDomain(url.hostname) === url.hostname ? "domain" : "host", target: url.hostname };
}

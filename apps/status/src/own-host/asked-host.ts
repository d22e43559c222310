import type { Context } from "hono";

const NAME = /^(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}$/;

/**
 * Whose pages a request asks for, by its Host header (RFC 9110, section 7.2): the installation's own, at its public name
 * and on the machine itself, or those of a name that may be a workspace's. `unknown`: no name at all.
 */
export type AskedHost =
  | { readonly kind: "ours" }
  | { readonly kind: "named"; readonly host: string }
  | { readonly kind: "unknown" };

export function askedHost(c: Context, publicUrl: string): AskedHost {
  const said = c.req.header("host") ?? new URL(c.req.url).host;
  const host = said
    .toLowerCase()
    .replace(/:\d{1,5}$/, "")
    .replace(/\.$/, "");
  if (host === new URL(publicUrl).hostname || isLoopback(host)) {
    return { kind: "ours" };
  }
  return host.length <= 253 && NAME.test(host) ? { kind: "named", host } : { kind: "unknown" };
}

const isLoopback = (host: string) =>
  host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);

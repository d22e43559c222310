import { callerAddress } from "@alivemcp/runtime/caller-address";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { MiddlewareHandler } from "hono";
import type { Deps } from "../deps.ts";
import { takeFlash, writeFlash } from "../flash.ts";
import type { WebContext, WebEnv } from "../web-env.ts";

/** Finds out who asks and from where, and readies what every page needs. */
export function loadViewer(
  deps: Pick<Deps, "identity" | "config" | "cookies" | "signer" | "site">,
): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    c.set("site", deps.site);
    c.set("memberships", []);
    c.set("address", addressOf(c, deps.config.TRUSTED_PROXY_HOPS));
    c.set("flash", (flash) => writeFlash(deps, c, flash));
    c.set("takeFlash", () => takeFlash(deps, c));
    c.set("viewer", await deps.identity.findViewer(c));
    await next();
  };
}

function addressOf(c: WebContext, hops: number): string {
  let socketAddress: string | undefined;
  try {
    socketAddress = getConnInfo(c).remote.address;
  } catch {
    // Asked without a socket: a test that calls the app directly.
  }
  return callerAddress({ forwardedFor: c.req.header("x-forwarded-for"), socketAddress }, hops);
}

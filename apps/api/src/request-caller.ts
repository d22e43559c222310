import { callerAddress } from "@alivemcp/runtime/caller-address";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";

/** Address that limits of anonymous requests count against, behind `hops` proxies that are trusted. */
export function requestCaller(c: Context, hops: number): string {
  return callerAddress(
    { forwardedFor: c.req.header("x-forwarded-for"), socketAddress: socketAddress(c) },
    hops,
  );
}

function socketAddress(c: Context): string | undefined {
  try {
    return getConnInfo(c).remote.address;
  } catch {
    return undefined;
  }
}

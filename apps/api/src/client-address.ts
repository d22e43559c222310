import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";

/** Address a request came from: the socket's. A header a client may write itself is not believed. */
export function clientAddress(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? "unknown";
  } catch {
    return "unknown";
  }
}

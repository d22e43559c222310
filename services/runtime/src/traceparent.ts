import { randomBytes } from "node:crypto";

/** A fresh W3C trace context (`00-<trace>-<span>-01`); carried by job, result and stream entry so that one probe can be followed. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-01`;
}

import type { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/**
 * Calls `touch` for a dispatch whenever bytes of an answer arrive for it: whatever the probe does with them comes next
 * in the same turn of the loop. A request belongs to the dispatch in whose context it was made. Uses undici's
 * diagnostics channels (undici, docs/api/DiagnosticsChannel.md), so the probe library knows nothing of it.
 */
export function touchOnBytes(current: AsyncLocalStorage<number>, touch: (dispatch: number) => void): void {
  const dispatches = new WeakMap<object, number>();
  const touchOwner = (message: unknown) => {
    const dispatch = dispatches.get(requestOf(message));
    if (dispatch !== undefined) {
      touch(dispatch);
    }
  };
  subscribe("undici:request:create", (message) => {
    const dispatch = current.getStore();
    if (dispatch !== undefined) {
      dispatches.set(requestOf(message), dispatch);
    }
  });
  subscribe("undici:request:headers", touchOwner);
  subscribe("undici:request:bodyChunkReceived", touchOwner);
}

function requestOf(message: unknown): object {
  return (message as { request: object }).request;
}

/** The base of vendors that speak JSON: what they are asked, parsed, and what they answer, written. */
import { z } from "zod";
import { type HttpReceiver, openHttpReceiver, type ReceivedRequest } from "./http-receiver.ts";

export interface Received extends ReceivedRequest {
  /** Without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined when the body is none. */
  readonly json: unknown;
}

export interface Answer {
  readonly status: number;
  /** An object goes as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Receiver = HttpReceiver;

/** Text of so many UTF-16 units: vendors do not say what they count, and no way of counting gives more. */
export const chars = (charsMax: number) => z.string().refine((text) => text.length <= charsMax);

export function openReceiver(answer: (request: Received) => Answer): Promise<Receiver> {
  return openHttpReceiver((request) => {
    const { pathname, searchParams } = new URL(request.path, "http://receiver.invalid");
    const { status, headers, body } = answer({
      ...request,
      path: pathname,
      query: searchParams,
      json: jsonOf(request.body),
    });
    const isText = typeof body === "string" || body === undefined;
    return {
      status,
      headers: { "content-type": isText ? "text/html; charset=utf-8" : "application/json", ...headers },
      body: isText ? (body ?? "") : JSON.stringify(body),
    };
  });
}

/** Names of headers that are missing or other than wanted; lower-case names, values by pattern. */
export function wrongHeaders(request: Received, wanted: Readonly<Record<string, RegExp>>): string[] {
  return Object.entries(wanted)
    .filter(([name, pattern]) => !pattern.test(String(request.headers[name] ?? "")))
    .map(([name]) => name);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

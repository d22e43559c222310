/**
 * Server-sent events, byte by byte (WHATWG HTML, section 9.2.6): CR, LF and CRLF, comments, multi-line data, `id`,
 * `retry`, events cut anywhere. An event whose data is empty is not delivered: MCP servers send one to name an event id
 * before they have anything to say (a priming event).
 */
import { StringDecoder } from "node:string_decoder";

export interface SseEvent {
  /** `message` when the stream names none. */
  readonly event: string;
  readonly data: string;
}

export interface SseParser {
  /** Takes the next bytes and hands each finished event to `onEvent`, in order; stops early when that returns false. */
  push(chunk: Buffer): void;
  /** Id of the last finished event that carried one; what `Last-Event-ID` would say. */
  lastEventId(): string | null;
  /** The last `retry` in milliseconds. */
  retryMs(): number | null;
  /** A parser for the stream that takes this one up: id and retry stay known, an unfinished event is forgotten. */
  reopened(): SseParser;
}

export function createSseParser(
  onEvent: (event: SseEvent) => boolean,
  known: { readonly lastId: string | null; readonly retryMs: number | null } = {
    lastId: null,
    retryMs: null,
  },
): SseParser {
  const decoder = new StringDecoder("utf8");
  let tail = "";
  let isAfterCr = false;
  let isAtStart = true;
  let isStopped = false;
  let eventName = "";
  let data: string | null = null;
  let { lastId, retryMs } = known;
  let pendingId = lastId;

  const endEvent = () => {
    const finished = data;
    const name = eventName;
    lastId = pendingId;
    data = null;
    eventName = "";
    if (finished !== null && finished !== "") {
      isStopped = !onEvent({ event: name === "" ? "message" : name, data: finished });
    }
  };

  const takeField = (field: string, value: string) => {
    if (field === "data") {
      data = data === null ? value : `${data}\n${value}`;
    } else if (field === "event") {
      eventName = value;
    } else if (field === "id" && !value.includes("\0")) {
      pendingId = value;
    } else if (field === "retry" && /^\d{1,9}$/.test(value)) {
      retryMs = Number(value);
    }
  };

  const takeLine = (line: string) => {
    if (line === "") {
      endEvent();
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) {
      return;
    }
    if (colon < 0) {
      takeField(line, "");
    } else {
      const start = line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1;
      takeField(line.slice(0, colon), line.slice(start));
    }
  };

  return {
    push: (chunk) => {
      let text = decoder.write(chunk);
      if (isAtStart && text !== "") {
        isAtStart = false;
        text = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
      }
      let from = 0;
      let lf = text.indexOf("\n");
      let cr = text.indexOf("\r");
      while (!isStopped && from < text.length) {
        if (isAfterCr && text.charCodeAt(from) === 0x0a) {
          from += 1;
          isAfterCr = false;
          continue;
        }
        isAfterCr = false;
        lf = lf >= 0 && lf < from ? text.indexOf("\n", from) : lf;
        cr = cr >= 0 && cr < from ? text.indexOf("\r", from) : cr;
        const end = lf < 0 || cr < 0 ? Math.max(lf, cr) : Math.min(lf, cr);
        if (end < 0) {
          tail += text.slice(from);
          return;
        }
        isAfterCr = text.charCodeAt(end) === 0x0d;
        const line = tail + text.slice(from, end);
        tail = "";
        from = end + 1;
        takeLine(line);
      }
    },
    lastEventId: () => lastId,
    retryMs: () => retryMs,
    reopened: () => createSseParser(onEvent, { lastId, retryMs }),
  };
}

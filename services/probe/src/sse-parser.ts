/**
 * Server-sent events as they arrive (WHATWG HTML, section 9.2.6): CR, LF and CRLF, comments, multi-line data, `id`,
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
  /** Takes the next bytes and hands each finished event to `onEvent`, in order; nothing more once that returned false. */
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
  let { lastId, retryMs } = known;
  let pendingId = lastId;
  let eventName = "";
  let data: string | null = null;

  const endEvent = (): boolean => {
    const finished = data;
    const event = eventName === "" ? "message" : eventName;
    lastId = pendingId;
    data = null;
    eventName = "";
    return finished === null || finished === "" || onEvent({ event, data: finished });
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

  const push = createLineReader((line) => {
    if (line === "") {
      return endEvent();
    }
    const colon = line.indexOf(":");
    if (colon < 0) {
      takeField(line, "");
    } else if (colon > 0) {
      const start = line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1;
      takeField(line.slice(0, colon), line.slice(start));
    }
    return true;
  });

  return {
    push,
    lastEventId: () => lastId,
    retryMs: () => retryMs,
    reopened: () => createSseParser(onEvent, { lastId, retryMs }),
  };
}

const SPACE = 0x20;
const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = 0xfeff;

/** Cuts bytes into lines without looking at a character twice; stops for good when `onLine` returns false. */
function createLineReader(onLine: (line: string) => boolean): (chunk: Buffer) => void {
  const decoder = new StringDecoder("utf8");
  let tail = "";
  let isAtStart = true;
  let isAfterCr = false;
  let isStopped = false;

  const firstOf = (text: string): number => {
    const hasMark = isAtStart && text.charCodeAt(0) === BYTE_ORDER_MARK;
    const hasRestOfCrLf = isAfterCr && text.charCodeAt(0) === LF;
    isAtStart = false;
    isAfterCr = false;
    return hasMark || hasRestOfCrLf ? 1 : 0;
  };

  return (chunk) => {
    const text = decoder.write(chunk);
    if (isStopped || text === "") {
      return;
    }
    let from = firstOf(text);
    const ends = createLineEnds(text);
    for (let end = ends(from); end >= 0 && !isStopped; end = ends(from)) {
      isStopped = !onLine(tail + text.slice(from, end));
      tail = "";
      const isCr = text.charCodeAt(end) === CR;
      from = end + (isCr && text.charCodeAt(end + 1) === LF ? 2 : 1);
      isAfterCr = isCr && from === text.length && text.charCodeAt(end + 1) !== LF;
    }
    tail += text.slice(from);
  };
}

/** The next CR or LF at or after an ever growing index, in time linear in the text; -1 when there is none. */
function createLineEnds(text: string): (from: number) => number {
  let lf = text.indexOf("\n");
  let cr = text.indexOf("\r");
  return (from) => {
    lf = lf >= 0 && lf < from ? text.indexOf("\n", from) : lf;
    cr = cr >= 0 && cr < from ? text.indexOf("\r", from) : cr;
    return lf < 0 || cr < 0 ? Math.max(lf, cr) : Math.min(lf, cr);
  };
}

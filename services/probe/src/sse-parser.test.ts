import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSseParser, type SseEvent } from "./sse-parser.ts";

function parse(chunks: readonly (string | Buffer)[]) {
  const events: SseEvent[] = [];
  const parser = createSseParser((event) => {
    events.push(event);
    return true;
  });
  for (const chunk of chunks) {
    parser.push(Buffer.from(chunk as string));
  }
  return { events, parser };
}

describe("an event stream", () => {
  const CASES: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
    ["LF", "data: a\n\n", [["message", "a"]]],
    ["CRLF", "event: x\r\ndata: a\r\n\r\n", [["x", "a"]]],
    [
      "CR alone",
      "data: a\r\rdata: b\r\r",
      [
        ["message", "a"],
        ["message", "b"],
      ],
    ],
    ["several data lines", "data: a\ndata:b\ndata:  c\n\n", [["message", "a\nb\n c"]]],
    ["comments", ": hello\n\n:\ndata: a\n\n", [["message", "a"]]],
    ["a priming event", "id: 7\ndata:\n\ndata: a\n\n", [["message", "a"]]],
    ["an event cut off at the end", "data: a\n\ndata: b\n", [["message", "a"]]],
    [
      "fields nobody knows, and a line without a colon",
      "foo: 1\ndata\nnonsense\ndata: a\n\n",
      [["message", "\na"]],
    ],
    ["a byte order mark", "\ufeffdata: a\n\n", [["message", "a"]]],
    [
      "a name that does not carry over",
      "event: x\ndata: a\n\ndata: b\n\n",
      [
        ["x", "a"],
        ["message", "b"],
      ],
    ],
  ];
  test.each(CASES)("is read with %s", (_name, text, expected) => {
    expect(parse([text]).events.map(({ event, data }) => [event, data])).toEqual(expected);
  });

  test("means the same however it is cut into chunks", () => {
    const text =
      "\ufeffid: 1\r\ndata: é😀\r\ndata: 2\r\n\r\n: x\rretry: 5\revent: e\rdata: a\rdata: b\r\rdata: c\n\nid\ndata: d\n\n";
    const whole = parse([text]);
    const bytes = Buffer.from(text);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 30 }), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const cut = parse(chunks);
        expect(cut.events).toEqual(whole.events);
        expect(cut.parser.lastEventId()).toBe(whole.parser.lastEventId());
        expect(cut.parser.retryMs()).toBe(5);
      }),
    );
  });

  test("keeps the id of the last finished event only", () => {
    const { parser } = parse(["id: 1\ndata:\n\nid: 2\ndata: unfinished\n"]);
    expect(parser.lastEventId()).toBe("1");
    expect(parser.reopened().lastEventId()).toBe("1");
  });

  test("ignores a retry that is no number and an id with a NUL", () => {
    const { parser } = parse(["retry: soon\nretry: -1\nid: a\0b\n\n"]);
    expect(parser.retryMs()).toBeNull();
    expect(parser.lastEventId()).toBeNull();
  });

  test("is not read beyond the event that was waited for", () => {
    const seen: string[] = [];
    const parser = createSseParser(({ data }) => {
      seen.push(data);
      return false;
    });
    parser.push(Buffer.from("data: a\n\ndata: b\n\n"));
    parser.push(Buffer.from("data: c\n\n"));
    expect(seen).toEqual(["a"]);
  });

  test("costs time in proportion to its length, however hostile", () => {
    const startedMs = performance.now();
    parse(["\n".repeat(1_000_000)]);
    parse([`\r${"\n".repeat(500_000)}`]);
    parse(Array.from({ length: 64 }, () => "data: x".repeat(10_000)));
    parse(["data: \n".repeat(200_000)]);
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRpc } from "./json-rpc.ts";

describe("JSON-RPC out of a stranger's text", () => {
  const READ: readonly (readonly [string, string, unknown])[] = [
    ["a result", '{"jsonrpc":"2.0","id":1,"result":{"a":1}}', [{ kind: "result", id: 1, result: { a: 1 } }]],
    [
      "an error without id or message",
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32000}}',
      [{ kind: "error", code: -32000, message: "", data: undefined }],
    ],
    [
      "a server's ping",
      '{"jsonrpc":"2.0","id":"p1","method":"ping"}',
      [{ kind: "request", id: "p1", method: "ping" }],
    ],
    ["a notification", '{"jsonrpc":"2.0","method":"notifications/message"}', [{ kind: "notification" }]],
    [
      "a batch, what is no message left out",
      '[{"jsonrpc":"2.0","method":"x"},7,{"jsonrpc":"2.0","id":2,"result":{}}]',
      [{ kind: "notification" }, { kind: "result", id: 2, result: {} }],
    ],
  ];
  test.each(READ)("%s is read", (_name, text, messages) => {
    expect(parseRpc(text)).toEqual({ kind: "messages", messages });
  });

  const REFUSED: readonly (readonly [string, string, string])[] = [
    ["no JSON", "<html>", "invalid_json"],
    ["JSON of something else", '{"status":"ok"}', "not_mcp"],
    ["a string error code (Azure)", '{"jsonrpc":"2.0","error":{"code":"Unauthorized"}}', "not_mcp"],
    ["a result that is no object", '{"jsonrpc":"2.0","id":1,"result":[]}', "not_mcp"],
    ["an empty batch", "[]", "not_mcp"],
    ["nesting without end", `${"[".repeat(200_000)}${"]".repeat(200_000)}`, "response_too_deep"],
    ["values without end", `[${"1,".repeat(300_000)}1]`, "response_too_complex"],
  ];
  test.each(REFUSED)("%s is refused in its own word", (_name, text, detail) => {
    expect(parseRpc(text)).toMatchObject({ kind: "failed", outcome: { detail } });
  });

  test("any JSON at all is read or refused, never thrown at", () => {
    fc.assert(fc.property(fc.json(), (text) => void parseRpc(text)));
  });
});

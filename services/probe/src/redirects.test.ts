import { describe, expect, test } from "vitest";
import { judgeHop } from "./redirects.ts";

type Row = readonly [
  name: string,
  from: string,
  method: "GET" | "POST",
  status: number,
  location: string | undefined,
  judged: string,
];

const ROWS: readonly Row[] = [
  ["a slash added", "http://a.example/mcp", "POST", 307, "/mcp/", "http://a.example/mcp/"],
  [
    "an absolute URL of the same origin",
    "https://a.example/mcp",
    "POST",
    308,
    "https://a.example/v2#x",
    "https://a.example/v2",
  ],
  [
    "http to https on default ports",
    "http://a.example/mcp",
    "POST",
    308,
    "https://a.example/mcp",
    "https://a.example/mcp",
  ],
  [
    "http to https on another port",
    "http://a.example:81/mcp",
    "POST",
    308,
    "https://a.example/mcp",
    "redirect_cross_origin",
  ],
  [
    "https to http on the same host",
    "https://a.example/mcp",
    "POST",
    307,
    "http://a.example/mcp/",
    "redirect_downgrade",
  ],
  [
    "https to http elsewhere",
    "https://a.example/mcp",
    "POST",
    307,
    "http://b.example/",
    "redirect_cross_origin",
  ],
  ["another host", "https://a.example/mcp", "POST", 307, "https://login.example/", "redirect_cross_origin"],
  ["another port", "http://a.example/mcp", "POST", 307, "http://a.example:8080/mcp", "redirect_cross_origin"],
  ["301 on a POST", "http://a.example/mcp", "POST", 301, "/mcp/", "redirect_method"],
  [
    "302 on a POST to a log-in page elsewhere",
    "https://a.example/mcp",
    "POST",
    302,
    "https://login.example/",
    "redirect_cross_origin",
  ],
  ["303 on a POST", "http://a.example/mcp", "POST", 303, "/", "redirect_method"],
  ["302 on a GET of the same origin", "http://a.example/sse", "GET", 302, "/sse/", "http://a.example/sse/"],
  ["no Location", "http://a.example/mcp", "POST", 307, undefined, "redirect_invalid"],
  ["an unreadable Location", "http://a.example/mcp", "POST", 307, "http://[", "redirect_invalid"],
  ["another scheme", "http://a.example/mcp", "POST", 307, "file:///etc/passwd", "redirect_invalid"],
  [
    "credentials in the Location",
    "http://a.example/mcp",
    "POST",
    307,
    "http://u:p@a.example/",
    "redirect_invalid",
  ],
];

describe("a redirect", () => {
  test.each(ROWS)("%s", (_name, from, method, status, location, judged) => {
    const hop = judgeHop({ url: new URL(from), method }, status, location, 0);
    expect(hop.kind === "follow" ? hop.url.href : hop.detail).toBe(judged);
  });

  test("is followed three times, not four", () => {
    const from = { url: new URL("http://a.example/"), method: "POST" as const };
    expect(judgeHop(from, 307, "/x", 2).kind).toBe("follow");
    expect(judgeHop(from, 307, "/x", 3)).toEqual({ kind: "redirect-blocked", detail: "redirect_loop" });
  });
});

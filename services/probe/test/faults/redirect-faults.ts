/** Redirects of the first request: a POST follows 307 and 308 inside its origin, three times at most. */
import { expect } from "vitest";
import { legacyEndpoint } from "../servers/endpoints.ts";
import type { Answer } from "../servers/stub.ts";
import { always, answering, type Fault, type FaultyEndpoint } from "./fault.ts";

const to =
  (status: number, location: string | null): Answer =>
  (_asked, response) =>
    void response.writeHead(status, location === null ? {} : { location }).end("moved");

/** A chain of `hops` redirects in front of a well endpoint. */
function chain(hops: number, status: number): Answer {
  const well = legacyEndpoint();
  return (asked, response) => {
    const hop = Number(/^\/hop(\d+)$/.exec(asked.path)?.[1] ?? (asked.path === "/mcp" ? 0 : hops));
    if (hop < hops) {
      response.writeHead(status, { location: `/hop${hop + 1}` }).end();
    } else {
      well(asked, response);
    }
  };
}

const staysHere =
  (paths: number) =>
  (_finding: unknown, { asked }: FaultyEndpoint) =>
    expect(new Set(asked.map(({ path }) => path)).size).toBe(paths);

const refusedFor = (name: string, status: number, location: string | null, detail: string): Fault => ({
  name,
  open: always(to(status, location)),
  judged: `down redirect_blocked http ${detail}`,
  also: staysHere(1),
});

export const REDIRECT_FAULTS: readonly Fault[] = [
  ...[307, 308].map(
    (status): Fault => ({
      name: `three redirects with ${status} inside its origin`,
      open: always(chain(3, status)),
      judged: "up - - -",
      also: (_finding, { asked }) => {
        const ended = asked.filter(({ method }) => method === "DELETE");
        expect(ended.map(({ path }) => path)).toEqual(["/hop3"]);
      },
    }),
  ),
  { name: "four redirects", open: always(chain(4, 307)), judged: "down redirect_blocked http redirect_loop" },
  {
    name: "a redirect to itself",
    open: always(to(307, "/mcp")),
    judged: "down redirect_blocked http redirect_loop",
    also: (_finding, { asked }) => expect(asked.length).toBeLessThanOrEqual(4),
  },
  ...[301, 302, 303].map((status) =>
    refusedFor(
      `a redirect with ${status}, which turns a POST into a GET`,
      status,
      "/elsewhere",
      "redirect_method",
    ),
  ),
  refusedFor("a redirect to another host", 307, "http://other.example/mcp", "redirect_cross_origin"),
  refusedFor("a redirect to a log-in page elsewhere", 302, "https://login.example/", "redirect_cross_origin"),
  refusedFor("a redirect to cloud metadata", 307, "http://169.254.169.254/latest", "redirect_cross_origin"),
  refusedFor("a redirect to a file", 307, "file:///etc/passwd", "redirect_invalid"),
  refusedFor("a redirect with a password in it", 307, "http://a:b@127.0.0.1/mcp", "redirect_invalid"),
  refusedFor("a redirect to nowhere", 307, null, "redirect_invalid"),
  refusedFor("a redirect to a URL that is none", 308, "http://[", "redirect_invalid"),
  {
    name: "a redirect to another port of its host",
    open: answering((origin) => (_asked, response) => {
      const { port } = new URL(origin());
      response.writeHead(307, { location: `http://127.0.0.1:${Number(port) === 1 ? 2 : 1}/mcp` }).end();
    }),
    judged: "down redirect_blocked http redirect_cross_origin",
    also: staysHere(1),
  },
  {
    name: "a redirect of the list alone to another host",
    open: always(legacyEndpoint({ "tools/list": to(307, "http://other.example/mcp") })),
    judged: "down redirect_blocked http redirect_cross_origin",
  },
];

/** Help texts of the failures of HTTP and of the protocol itself. */
import { INITIALIZE_BY_HAND, REPEAT_PROBE, type ReasonHelp } from "./public-help-shape.ts";
import type { FailureReason } from "./states.ts";

type ProtocolReason = Extract<
  FailureReason,
  | "http_error"
  | "rate_limited"
  | "not_mcp"
  | "protocol_error"
  | "unsupported_version"
  | "tools_list_failed"
  | "tools_list_malformed"
  | "response_too_large"
  | "access_blocked"
>;

const NO_TOOLS = "Agents connect but get no tools: to a user it looks as if the endpoint had none.";

export const PROTOCOL_HELP: Record<ProtocolReason, ReasonHelp> = {
  http_error: {
    title: "HTTP error",
    meaning: "The endpoint answered the handshake with an HTTP error status (4xx or 5xx).",
    effect: "Clients fail to connect and usually show the bare status code.",
    causes: [
      "502, 503, 504: the proxy runs but the process behind it does not.",
      "404, 405: the path is wrong, or the transport is not the one published (/mcp, /sse).",
      "500: the process fails on the first message; its log has the stack trace.",
    ],
    commands: [
      INITIALIZE_BY_HAND,
      {
        command: 'npx alivemcp check "$URL" --transport sse',
        answers: "Does the older HTTP+SSE transport answer?",
      },
      REPEAT_PROBE,
    ],
  },
  rate_limited: {
    title: "Rate limited",
    meaning: "The endpoint answered 429: it is alive, and asks for fewer requests.",
    effect: "Other clients may work; those that share an address or a key with many others may not.",
    causes: [
      "A limit per address counts our probes, which are one per minute and region.",
      "A global limit is used up by real traffic.",
      "A shared hosting platform limits the whole account.",
    ],
    commands: [
      {
        command: 'curl -sS -o /dev/null -D - -X POST "$URL"',
        answers: "What do Retry-After and RateLimit say?",
      },
      REPEAT_PROBE,
    ],
  },
  not_mcp: {
    title: "Alive, but not MCP",
    meaning: "Something answers over HTTP, but never in JSON-RPC: a web page, an empty body, another API.",
    effect: "A plain HTTP monitor would call this fine. No MCP client can use it.",
    causes: [
      "The path is the home page or documentation, not the endpoint.",
      "The platform serves a placeholder: parked domain, paused project, build error page.",
      "The content type of the reply is neither application/json nor text/event-stream.",
    ],
    commands: [INITIALIZE_BY_HAND, REPEAT_PROBE],
  },
  protocol_error: {
    title: "Protocol error",
    meaning:
      "The JSON-RPC exchange is broken: an error for a mandatory method, an answer with the wrong id, or a result without its mandatory fields.",
    effect: "Official clients give up during the handshake.",
    causes: [
      "A deployment or an SDK upgrade broke the handshake.",
      "Several replicas share one address without sticky sessions, and the second message meets a replica that does not know the first.",
      "A proxy rewrites or truncates bodies.",
    ],
    commands: [
      INITIALIZE_BY_HAND,
      {
        command: 'npx alivemcp check "$URL" --official-client',
        answers: "What do the official TypeScript clients get?",
      },
      REPEAT_PROBE,
    ],
  },
  unsupported_version: {
    title: "Unknown protocol version",
    meaning: "The endpoint only offers protocol versions that this prober does not speak (yet).",
    effect: "Clients with an equally old or new protocol version cannot connect; others may.",
    causes: [
      "The endpoint speaks a draft, or a version newer than this prober: then it is ours to fix.",
      "The version string is misspelt, or hard-coded to something that was never published.",
    ],
    commands: [INITIALIZE_BY_HAND, REPEAT_PROBE],
  },
  tools_list_failed: {
    title: "Tool list not available",
    meaning: "The handshake worked, but tools/list was answered with an error.",
    effect: NO_TOOLS,
    causes: [
      "A tool's registration throws, or a back end that the list is built from is away.",
      "The session was lost between two requests: several replicas without sticky sessions.",
      "The endpoint declares tools without implementing tools/list.",
    ],
    commands: [
      {
        command: 'npx @modelcontextprotocol/inspector --cli "$URL" --transport http --method tools/list',
        answers: "What does the official inspector get?",
      },
      REPEAT_PROBE,
    ],
  },
  tools_list_malformed: {
    title: "Tool list malformed",
    meaning:
      "tools/list answered with something that clients reject: no list, an empty one where there were tools, one without tools that its owner expects in it, endless pages, or a tool without a valid inputSchema.",
    effect:
      "Official clients drop the whole list when one tool in it is invalid: agents see no tools at all.",
    causes: [
      "A tool has no inputSchema, or one whose root is not of type object.",
      "A description is null instead of missing.",
      "Tools failed to register at start and the list is empty; or nextCursor repeats itself.",
      "A release renamed or dropped a tool that its owner expects.",
    ],
    commands: [
      REPEAT_PROBE,
      {
        command: 'npx alivemcp check "$URL" --official-client',
        answers: "Which tool do the official clients reject?",
      },
    ],
  },
  response_too_large: {
    title: "Answer too large",
    meaning: "An answer went over a bound: 4 MiB decompressed, 50 pages, 5,000 tools, or 64 levels of JSON.",
    effect: "Clients that read it all may run out of memory, and no model can use a list of this size.",
    causes: [
      "Schemas are generated with every shared definition copied into each tool.",
      "Documentation or data is embedded in descriptions.",
      "Pagination is broken and returns everything on every page.",
    ],
    commands: [
      { command: 'curl -sS --compressed -X POST "$URL" … | wc -c', answers: "How large is the answer?" },
      REPEAT_PROBE,
    ],
  },
  access_blocked: {
    title: "Blocked by a bot wall",
    meaning: "403 without a way to authenticate: most often a firewall that takes the prober for a bot.",
    effect:
      "Agents that run in data centres are probably blocked too; browsers and desktop clients may pass.",
    causes: [
      "A web application firewall or bot protection in front of the endpoint.",
      "An allow-list of addresses or countries.",
      "The endpoint checks the Origin or Host header and refuses ours.",
    ],
    commands: [
      {
        command: 'curl -sS -o /dev/null -D - -X POST "$URL"',
        answers: "Which product answers (server, cf-ray, …)?",
      },
      REPEAT_PROBE,
    ],
  },
};

/** Endpoints that repeat the credential they were sent. */
import { expect } from "vitest";
import type { ProbeRequest } from "../../src/probe-deps.ts";
import { INITIALIZED, legacyEndpoint } from "../servers/endpoints.ts";
import { type Answer, sendResult } from "../servers/stub.ts";
import { BASIC, row } from "./credentialed.ts";
import type { Fault } from "./fault.ts";

/** Everything it heard, wherever a server may say something. */
const echoing =
  (echo: (authorization: string) => string): Answer =>
  (asked, response) => {
    const heard = echo(asked.headers.authorization ?? `${asked.headers["x-api-key"]}`);
    legacyEndpoint({
      initialize: (_asked, answer) =>
        sendResult(answer, asked, { ...INITIALIZED, serverInfo: { name: `for ${heard}`, version: heard } }),
      "tools/list": (_asked, answer) =>
        sendResult(answer, asked, {
          tools: [
            {
              name: "health_check",
              description: heard,
              inputSchema: { type: "object", properties: { [heard]: { default: heard } } },
            },
            { name: `bad ${heard}`, inputSchema: { type: "object" } },
          ],
        }),
      "tools/call": (_asked, answer) =>
        sendResult(answer, asked, {
          isError: true,
          content: [{ type: "text", text: `x`.repeat(480) + heard }],
        }),
    })(asked, response);
  };
const FAILED = "degraded health_check_failed health tool_error";
const echo = (name: string, how: (authorization: string) => string, request: Partial<ProbeRequest> = {}) =>
  row(
    `its credential everywhere, ${name}`,
    {
      behind: echoing(how),
      isLetThrough: ({ headers }) => "authorization" in headers || "x-api-key" in headers,
    },
    FAILED,
    {
      request: { health: { kind: "auto" }, ...request },
      also: (finding, _endpoint, toolList) => {
        expect(finding.server?.name).toContain("[redacted]");
        expect(JSON.stringify(toolList)).toContain("[redacted]");
      },
    },
  );
export const ECHO_FAULTS: readonly Fault[] = [
  echo("as it was sent", (heard) => heard),
  echo("without its scheme", (heard) => heard.slice("Bearer ".length)),
  echo("encoded for a URL", (heard) => encodeURIComponent(heard)),
  echo("in base64", (heard) => Buffer.from(heard).toString("base64")),
  echo("in base64 for URLs, after something else", (heard) =>
    Buffer.from(`h=${heard}`).toString("base64url"),
  ),
  echo("in hexadecimal", (heard) => Buffer.from(heard).toString("hex")),
  echo("Basic, decoded", (heard) => Buffer.from(heard.slice("Basic ".length), "base64").toString(), {
    credential: { headers: { authorization: BASIC } },
  }),
];

import { legacyEndpoint, TOOLS } from "../../probe/test/servers/endpoints.ts";
import { type Answer, type Asked, openStub, type Stub, sendResult } from "../../probe/test/servers/stub.ts";

/** An endpoint that lets the given tokens through, and refuses everybody else as it should. */
export function openGuarded(
  isGood: (token: string, asked: Asked) => boolean,
  behind: Answer = legacyEndpoint(),
): Promise<Stub> {
  return openStub((asked, response) => {
    const token = asked.headers.authorization?.slice("Bearer ".length) ?? "";
    if (asked.path !== "/mcp") {
      response.writeHead(404).end();
    } else if (isGood(token, asked)) {
      behind(asked, response);
    } else {
      response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' }).end();
    }
  });
}

/** Says what it was sent wherever an endpoint may say something. */
export const echoing: Answer = (asked, response) => {
  const heard = asked.headers.authorization ?? "";
  legacyEndpoint({
    "tools/list": (_asked, answer) =>
      sendResult(answer, asked, {
        tools: [...TOOLS, { name: "said", description: heard, inputSchema: { type: "object" } }],
      }),
    "notifications/initialized": (_asked, answer) => void answer.writeHead(500).end(heard),
    DELETE: (_asked, answer) => void answer.writeHead(500).end(heard),
  })(asked, response);
};

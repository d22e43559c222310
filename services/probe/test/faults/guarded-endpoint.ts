/** An endpoint behind a log-in wall: what strangers get, and what is behind it. */
import { legacyEndpoint } from "../servers/endpoints.ts";
import { type Answer, type Asked, sendJson } from "../servers/stub.ts";
import { answering } from "./fault.ts";

const PRM = "/.well-known/oauth-protected-resource/mcp";
const AS = "/.well-known/oauth-authorization-server";
/** `{origin}` in a challenge or a document is where the endpoint listens. */
const CHALLENGE = `Bearer error="invalid_token", resource_metadata="{origin}${PRM}"`;
const DOCUMENTS: Readonly<Record<string, object>> = {
  [PRM]: { resource: "{origin}/mcp", authorization_servers: ["{origin}"] },
  [AS]: {
    issuer: "{origin}",
    authorization_endpoint: "{origin}/authorize",
    token_endpoint: "{origin}/token",
    code_challenge_methods_supported: ["S256"],
  },
};

export interface Guard {
  /** What whoever carries something gets; default: a sound endpoint. */
  readonly behind?: Answer;
  readonly isLetThrough?: (asked: Asked) => boolean;
  /** What strangers get instead of a sound challenge. */
  readonly wall?: Answer;
  readonly documents?: Readonly<Record<string, object>>;
}

export const hasAuthorization = ({ headers }: Asked) => headers.authorization !== undefined;

/** A sound wall, unless told otherwise. */
export const guarded = ({
  behind = legacyEndpoint(),
  isLetThrough = hasAuthorization,
  wall,
  documents = DOCUMENTS,
}: Guard = {}) =>
  answering((origin) => {
    const fill = (text: string) => text.replaceAll("{origin}", origin());
    return (asked, response) => {
      const document = documents[asked.path];
      if (isLetThrough(asked)) {
        behind(asked, response);
      } else if (document !== undefined) {
        sendJson(response, 200, JSON.parse(fill(JSON.stringify(document))));
      } else if (asked.path.startsWith("/.well-known/")) {
        response.writeHead(404).end();
      } else if (wall !== undefined) {
        wall(asked, response);
      } else {
        response.writeHead(401, { "www-authenticate": fill(CHALLENGE) }).end();
      }
    };
  });

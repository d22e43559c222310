/**
 * A stand-in of the three routes of GitHub that a sign-in asks (docs.github.com, "Authorizing OAuth apps", and REST
 * `/user`, `/user/emails`), and a way to have `fetch` find it under GitHub's names.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface GitHubPerson {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly emails: readonly {
    readonly email: string;
    readonly primary: boolean;
    readonly verified: boolean;
  }[];
}

export interface TestGitHub {
  /** Makes this person agree at the address that the browser was sent to; returns where GitHub sends the browser back. */
  agree(authorizeUrl: string, person: GitHubPerson): string;
  /** What was wrong with requests, as GitHub would have said. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openTestGitHub(app: {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly callbackUrl: string;
}): Promise<TestGitHub> {
  const codes = new Map<string, GitHubPerson>();
  const tokens = new Map<string, GitHubPerson>();
  const complaints: string[] = [];
  let last = 0;
  const exchange = (form: URLSearchParams) => {
    const person = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    if (
      person === undefined ||
      form.get("client_id") !== app.clientId ||
      form.get("client_secret") !== app.clientSecret ||
      form.get("redirect_uri") !== app.callbackUrl
    ) {
      complaints.push("bad_verification_code");
      return { error: "bad_verification_code" };
    }
    last += 1;
    const token = `gho_${last}`;
    tokens.set(token, person);
    return { access_token: token, token_type: "bearer", scope: "read:user,user:email" };
  };
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const person = tokens.get((request.headers.authorization ?? "").replace(/^Bearer /i, ""));
    const answers: Record<string, () => unknown> = {
      "POST /login/oauth/access_token": () => exchange(new URLSearchParams(body)),
      "GET /user": () =>
        person && {
          id: person.id,
          login: person.login,
          name: person.name,
          email: null,
          avatar_url: "https://a.example/1.png",
        },
      "GET /user/emails": () => person?.emails,
    };
    const answer = answers[`${request.method} ${request.url?.split("?")[0]}`]?.();
    response.writeHead(answer === undefined ? 401 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: "Bad credentials" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const restore = redirectFetch(port);
  return {
    complaints,
    agree(authorizeUrl, person) {
      const url = new URL(authorizeUrl);
      const asked = url.searchParams;
      const isRight =
        url.origin + url.pathname === "https://github.com/login/oauth/authorize" &&
        asked.get("client_id") === app.clientId &&
        asked.get("redirect_uri") === app.callbackUrl &&
        (asked.get("scope") ?? "").includes("user:email") &&
        (asked.get("state") ?? "").length >= 20;
      if (!isRight) {
        throw new Error(`GitHub would refuse ${authorizeUrl}`);
      }
      last += 1;
      const code = `code-${last}`;
      codes.set(code, person);
      return `${new URL(app.callbackUrl).pathname}?code=${code}&state=${encodeURIComponent(asked.get("state") ?? "")}`;
    },
    close: async () => {
      restore();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The library asks GitHub by its fixed names; requests to them, and no others, go to the stand-in. */
function redirectFetch(port: number): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    return url.hostname === "github.com" || url.hostname === "api.github.com"
      ? real(`http://127.0.0.1:${port}${url.pathname}`, init)
      : real(input, init);
  };
  return () => {
    globalThis.fetch = real;
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

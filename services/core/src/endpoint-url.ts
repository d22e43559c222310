/** The intake check of a URL that somebody wants watched: everything that can be said without resolving its name. */

export type EndpointUrlRefusal =
  | "url_missing"
  | "url_too_long"
  | "url_is_command"
  | "url_invalid"
  | "url_scheme"
  | "url_credentials"
  | "url_port";

export type EndpointUrlCheck =
  | {
      readonly kind: "accepted";
      /** Normalised: host lower-case and without its root dot, default port and fragment gone; path and query as given. */
      readonly url: string;
    }
  | {
      readonly kind: "refused";
      readonly field: "url";
      readonly reason: EndpointUrlRefusal;
      /** One sentence for the person who typed it. */
      readonly message: string;
    };

export const ENDPOINT_URL_CHARS_MAX = 2_048;
/** RFC 1035, section 2.3.4, as text. */
const HOST_CHARS_MAX = 253;

/** How the start of a stdio command looks in the `mcp.json` files people copy from. */
const STDIO_COMMAND =
  /^(?:stdio:|(?:sudo\s+)?(?:npx|pnpx|bunx|uvx|uv|npm|pnpm|yarn|bun|node|deno|python[\d.]*|pipx|docker|podman|java|go|cargo|dotnet|php|ruby|sh|bash|cmd(?:\.exe)?|pwsh|powershell)(?:\s|$)|\{[\s\S]*"command"|\.{0,2}\/\S*|[A-Za-z]:\\)/i;

/** Ports that browsers refuse because another protocol lives there (Fetch standard, "bad port"); 0 is no port. */
const PORTS_REFUSED: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
  109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515,
  526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049,
  3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** Accepts an http(s) URL without credentials of at most 2,048 characters; says in a sentence why not. */
export function checkEndpointUrl(text: string): EndpointUrlCheck {
  const trimmed = text.trim();
  if (trimmed === "") {
    return refused("url_missing", "Give the URL of the endpoint.");
  }
  if (trimmed.length > ENDPOINT_URL_CHARS_MAX) {
    return tooLong();
  }
  if (STDIO_COMMAND.test(trimmed)) {
    return refused(
      "url_is_command",
      "This is a stdio command: such a server runs on its user's own machine and cannot be probed from outside. Give the http(s) URL of a remote endpoint.",
    );
  }
  if (!URL.canParse(trimmed)) {
    return refused("url_invalid", "This is not a URL. It should look like https://example.com/mcp.");
  }
  const url = new URL(trimmed);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    return refused("url_scheme", "Only http and https endpoints can be probed.");
  }
  if (url.username !== "" || url.password !== "") {
    return refused(
      "url_credentials",
      "The URL holds a user name or password. Remove it: credentials are configured separately.",
    );
  }
  url.hash = "";
  // `example.com.` is `example.com`: one host, one budget, one opt-out.
  url.hostname = url.hostname.replace(/\.$/, "");
  if (url.hostname.length > HOST_CHARS_MAX) {
    return refused("url_invalid", `A host name may have at most ${HOST_CHARS_MAX} characters.`);
  }
  // Encoding makes a URL longer than it was typed.
  if (url.href.length > ENDPOINT_URL_CHARS_MAX) {
    return tooLong();
  }
  if (PORTS_REFUSED.has(portOf(url))) {
    return refused("url_port", `Port ${url.port} belongs to another protocol and is not probed.`);
  }
  return { kind: "accepted", url: url.href };
}

/** What makes two URLs one endpoint: fragment, default port and a trailing slash do not count. */
export function normalizedUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, "")}${url.search}`;
}

/** Whether the port is one that no HTTP endpoint uses. */
export function isRefusedPort(url: URL): boolean {
  return PORTS_REFUSED.has(portOf(url));
}

function tooLong(): EndpointUrlCheck {
  return refused("url_too_long", `A URL may have at most ${ENDPOINT_URL_CHARS_MAX} characters.`);
}

function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

function refused(reason: EndpointUrlRefusal, message: string): EndpointUrlCheck {
  return { kind: "refused", field: "url", reason, message };
}

/** Which headers an owner may have sent with every request to an endpoint (RFC 9110, sections 5.1, 5.5 and 7.6.1). */

export const HEADER_NAME_LENGTH_MAX = 128;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible ASCII, blanks and tabs inside. Bytes above are obsolete and servers differ in how they read them. */
const FIELD_VALUE = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/;

/** Hop-by-hop, message framing, and what the probe or its transport says itself. */
const RESERVED: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "last-event-id",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "user-agent",
]);
/** `Mcp-Session-Id` and its like are the protocol's; `Proxy-` and `Sec-` headers are for hops and browsers. */
const RESERVED_PREFIXES = ["mcp-", "proxy-", "sec-"];

/** A sentence for the person when this cannot be the name of a credential's header, else null. */
export function judgeHeaderName(name: string): string | null {
  if (name === "") {
    return "Enter the name of the header.";
  }
  if (name.length > HEADER_NAME_LENGTH_MAX) {
    return `A header name has at most ${HEADER_NAME_LENGTH_MAX} characters.`;
  }
  if (!TOKEN.test(name)) {
    return "A header name has letters, digits and - only; no blanks and no colon.";
  }
  const lower = name.toLowerCase();
  return RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))
    ? `The header ${name} is set by the probe itself and cannot carry a credential.`
    : null;
}

/** Whether a text can be sent as a header value, byte for byte, without splitting or joining headers. */
export const isSendableValue = (value: string): boolean => FIELD_VALUE.test(value);

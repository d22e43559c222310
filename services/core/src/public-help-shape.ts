/** What one help page says about one failure reason. Commands name the endpoint as `$URL` and its host as `$HOST`. */
export interface ReasonHelp {
  /** Three to six words; page titles, badges' tooltips, table cells. */
  readonly title: string;
  /** One sentence in plain words: what the probe saw. */
  readonly meaning: string;
  /** What it means for somebody whose agent uses the endpoint now. */
  readonly effect: string;
  /** Likely causes, the most frequent first. */
  readonly causes: readonly string[];
  /** First commands to run, each with the question it answers. */
  readonly commands: readonly { readonly command: string; readonly answers: string }[];
}

/** The command that repeats our probe from the reader's own machine. */
export const REPEAT_PROBE = {
  command: 'npx alivemcp check "$URL"',
  answers: "Does the same probe fail from here, and at which step?",
} as const;

/** The handshake as a legacy client sends it, by hand. */
export const INITIALIZE_BY_HAND = {
  command: `curl -isS -X POST "$URL" -H 'content-type: application/json' -H 'accept: application/json, text/event-stream' -d '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"0"}}}'`,
  answers: "What does the endpoint answer to the first message of the protocol?",
} as const;

/** What warnings without an incident say: drift, and what runs out. */
import type { Alert } from "./alert.ts";
import type { AlertMessage } from "./alert-message.ts";
import { durationWords } from "./duration-words.ts";
import { strangersLine } from "./strangers-line.ts";
import { utcMinute } from "./utc-minute.ts";

const TOOLS_NAMED_MAX = 3;
const TOOL_CHARS_MAX = 60;

/** Not yet cut to the bounds of a message. */
export interface MessageWords {
  readonly title: string;
  readonly summary: string;
  readonly facts: AlertMessage["facts"];
}

export function driftWords(name: string, facts: Extract<Alert["facts"], { kind: "drift" }>): MessageWords {
  const { breaking, other, tools, concerns } = facts;
  const isSteering = concerns.includes("instructions");
  const kind = breaking > 0 ? "broke its tools" : "changed its tools";
  const named = tools.slice(0, TOOLS_NAMED_MAX).map((tool) => `"${strangersLine(tool, TOOL_CHARS_MAX)}"`);
  const more = tools.length > named.length ? ` and ${tools.length - named.length} more` : "";
  const sentences = [
    isSteering
      ? "New text of a tool tells an agent what to do, or hides: look at it before agents read it."
      : "",
    concerns.includes("safety") ? "A tool says that it does more harm than before." : "",
    `${counted(breaking, "breaking change")}, ${counted(other, "other change")}${named.length === 0 ? "" : `: ${named.join(", ")}${more}`}.`,
  ];
  return {
    title: isSteering ? `${name} has suspicious text in its tools` : `${name} ${kind}`,
    summary: sentences.filter((sentence) => sentence !== "").join(" "),
    facts: [
      { label: "Breaking", value: String(breaking) },
      { label: "Other", value: String(other) },
    ],
  };
}

export function expiryWords(
  name: string,
  { what, expiresAtMs }: Extract<Alert["facts"], { kind: "expiry" }>,
  nowMs: number,
): MessageWords {
  const noun = what === "certificate" ? "TLS certificate" : "credential";
  const left = durationWords(expiresAtMs - nowMs);
  return {
    title: `The ${noun} of ${name} expires in ${left}`,
    summary:
      what === "certificate"
        ? `It is valid until ${utcMinute(expiresAtMs)}; after that clients refuse to connect.`
        : `The stored credential is valid until ${utcMinute(expiresAtMs)}; after that probes are refused. Enter a new one before.`,
    facts: [{ label: "Expires", value: utcMinute(expiresAtMs) }],
  };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

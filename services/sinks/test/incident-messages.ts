import { type AlertMessage, alertMessageSchema } from "@alivemcp/core/alert-message";
import { testMessage } from "./alert-message.ts";

export const T0_MS = Date.parse("2026-11-21T13:00:00Z");
const MINUTE_MS = 60_000;

type Overrides = Partial<Omit<AlertMessage, "incident">> & {
  incident?: Partial<AlertMessage["incident"]> | null;
};

/** An outage that was just opened; parsed, so that a test cannot send what nobody may. */
export function alertMessage(overrides: Overrides = {}): AlertMessage {
  const { incident, ...rest } = overrides;
  const outage = testMessage({ atMs: T0_MS + 2 * MINUTE_MS, summary: "It refused connections." });
  return alertMessageSchema.parse({
    ...outage,
    incident: incident === null ? null : { ...outage.incident, startedAtMs: T0_MS, ...incident },
    ...rest,
  });
}

/** The same incident, five minutes on. */
export function resolvedMessage(overrides: Overrides = {}): AlertMessage {
  return alertMessage({
    event: "incident.resolved",
    title: "Weather API is up again",
    summary: "It answers from every region.",
    atMs: T0_MS + 7 * MINUTE_MS,
    incident: { state: "resolved", resolvedAtMs: T0_MS + 7 * MINUTE_MS },
    ...overrides,
  });
}

/** The same incident a minute on, when it is worse than what was told. */
export function worseMessage(overrides: Overrides = {}): AlertMessage {
  return alertMessage({
    event: "incident.updated",
    severity: "P1",
    isWorse: true,
    atMs: T0_MS + 3 * MINUTE_MS,
    ...overrides,
  });
}

/** The same incident before it got worse, and again when it is better than it was. */
export function degradedMessage(overrides: Overrides = {}): AlertMessage {
  return alertMessage({
    severity: "P2",
    title: "Weather API is degraded",
    incident: { causes: ["degraded"] },
    ...overrides,
  });
}

export function verificationMessage(code = "4711-0815"): AlertMessage {
  return alertMessage({
    event: "verification",
    severity: null,
    title: "Confirm this sink",
    summary: "Somebody wants alerts of AliveMCP to arrive here. Type the code on the sink's page.",
    endpoint: null,
    incident: null,
    facts: [],
    proof: { code, url: null },
  });
}

/** Every text as long and as nasty as it may be. */
export function hugeMessage(text: string): AlertMessage {
  const nasty = (charsMax: number) => text.repeat(Math.ceil(charsMax / text.length)).slice(0, charsMax);
  const url = `https://alivemcp.example/${"a".repeat(1_900)}`;
  return alertMessage({
    title: nasty(150),
    summary: nasty(600),
    endpoint: { slug: "s".repeat(120), name: nasty(200), group: nasty(60), tags: Array(20).fill(nasty(60)) },
    incident: {
      causes: Array(20).fill(nasty(60)),
      regions: Array(16).fill(nasty(60)),
      isFlapping: true,
      endpointsTogether: 5_000,
      update: { stage: "investigating", body: nasty(2_000) },
    },
    facts: Array.from({ length: 10 }, (_, at) => ({ label: `${at}${nasty(59)}`, value: nasty(300) })),
    links: Array(6).fill({ label: nasty(60), url }),
    entries: Array(50).fill({ title: nasty(200), atMs: T0_MS, url }),
    entriesLeftOut: 4_950,
    proof: { code: "4711-0815", url },
  });
}

/** What endpoints are named by people who want to be noticed. */
export const HOSTILE = {
  everyone: "@everyone @here @channel",
  slackMentions: "<!channel> <!here> <@U0000000> <#C0000000> <!subteam^S000>",
  slackLink: "<https://evil.example|Click me> & co",
  discordMentions:
    "<@123456789012345678> <@&123456789012345678> <#123456789012345678> <:x:123456789012345678>",
  markdown: "[Click me](https://evil.example) **bold** ~~x~~ ||spoiler|| `code` > quote # head _i_",
  html: '<a href="https://evil.example">Click me</a><script>alert(1)</script>&amp;',
  /** Grow most when they are made harmless. */
  mentionsOnly: "@",
  growing: "@<&",
  controls: "a\u0000b\u0007c\r\nd\u202Egnp.exe\u2066x\u2069",
} as const;

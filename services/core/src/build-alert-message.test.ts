import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drift, expiry, incidentAlertOf, t0 } from "../test/route-story.ts";
import { type Alert, INCIDENT_NEWS } from "./alert.ts";
import { alertMessageSchema } from "./alert-message.ts";
import { buildAlertMessage } from "./build-alert-message.ts";
import type { Incident } from "./incident.ts";
import { INCIDENT_CAUSES, type IncidentCause } from "./incident-cause.ts";
import type { MessageInput } from "./message-input.ts";
import { publicLine } from "./public-text.ts";
import { FAILURE_REASONS } from "./states.ts";

const MINUTE_MS = 60_000;
const CITIES: Readonly<Record<string, string>> = { "eu-west": "London", "us-east": "Ashburn" };
const SECRET_URL = "https://10.20.30.40:8443/secret-path?key=hunter2";

const incident = (change: Partial<NonNullable<MessageInput["incident"]>> = {}) => ({
  isSimulated: false,
  startedAtMs: t0 - 4 * MINUTE_MS,
  endedAtMs: null,
  openedAtMs: t0 - 3 * MINUTE_MS,
  resolvedAtMs: null,
  severity: "P1" as const,
  severityWorst: "P1" as const,
  causes: ["down"] as readonly IncidentCause[],
  failureReason: "connection_refused" as Incident["failureReason"],
  regions: ["eu-west", "us-east"],
  isFlapping: false,
  access: null,
  revision: 1,
  acknowledgedAtMs: null,
  update: null,
  endpointsTogether: 1,
  ...change,
});

const input = (change: Partial<MessageInput> = {}): MessageInput => {
  const alert = change.alert ?? incidentAlertOf("opened");
  return {
    alert,
    event: alert.event,
    endpoint: {
      slug: "weather-api",
      name: "Weather API",
      group: "Weather",
      tags: ["prod"],
      visibility: "public",
      runbookUrl: "https://wiki.example.com/weather",
    },
    relation: "owner",
    incident: alert.facts.kind === "incident" ? incident() : null,
    site: {
      appUrl: "https://app.alivemcp.example",
      publicUrl: "https://alivemcp.example",
      workspaceSlug: "acme",
      cityOf: (region) => CITIES[region] ?? region,
    },
    ...change,
  };
};
const withEndpoint = (
  change: Partial<MessageInput["endpoint"]>,
  rest: Partial<MessageInput> = {},
): MessageInput => {
  const whole = input(rest);
  return { ...whole, endpoint: { ...whole.endpoint, ...change } };
};
const because = (
  alert: Alert,
  reason: "endpoint-paused" | "access-is-normal-now" | "simulation-over" | "recovered",
) => ({ ...alert, facts: { ...alert.facts, because: reason } }) as Alert;
const titleOf = (change: Partial<MessageInput>) => buildAlertMessage(input(change), t0).title;

describe("the message of an alert", () => {
  test("says what is the matter, from where, for how long, and where to go", () => {
    expect(buildAlertMessage(input(), t0)).toEqual({
      v: 1,
      event: "incident.opened",
      severity: "P1",
      dedupKey: "i",
      title: "Weather API is down",
      summary:
        "Connection refused: The host answered, but nothing accepts connections on the port, or the connection was reset. For 4 min now, seen from London, Ashburn.",
      atMs: t0,
      isTest: false,
      isWorse: false,
      endpoint: { slug: "weather-api", name: "Weather API", group: "Weather", tags: ["prod"] },
      incident: {
        state: "open",
        startedAtMs: t0 - 4 * MINUTE_MS,
        resolvedAtMs: null,
        failureReason: "connection_refused",
        causes: ["down"],
        regions: ["London", "Ashburn"],
        isFlapping: false,
        update: null,
        endpointsTogether: 1,
      },
      facts: [
        { label: "Since", value: "2026-11-23 11:56 UTC" },
        { label: "Reason", value: "connection_refused" },
        { label: "Regions", value: "London, Ashburn" },
      ],
      links: [
        { label: "Incident", url: "https://app.alivemcp.example/w/acme/incidents/i" },
        { label: "Status page", url: "https://alivemcp.example/status/weather-api" },
        { label: "Help", url: "https://alivemcp.example/help/connection_refused" },
        { label: "Runbook", url: "https://wiki.example.com/weather" },
      ],
      entries: [],
      entriesLeftOut: 0,
      proof: null,
    });
  });

  const resolved = { resolvedAtMs: t0, endedAtMs: t0 - MINUTE_MS, causes: [] };

  test.each<[title: string, change: Partial<MessageInput>]>([
    ["Weather API is down", { alert: incidentAlertOf("rose") }],
    ["Weather API is degraded", { incident: incident({ causes: ["degraded", "latency"] }) }],
    ["Weather API fails now and then", { incident: incident({ causes: ["error_rate_elevated"] }) }],
    ["Weather API is slower than usual", { incident: incident({ causes: ["latency"] }) }],
    ["Weather API uses up its error budget too fast", { incident: incident({ causes: ["burn_rate"] }) }],
    [
      "Weather API asks for a login now",
      { incident: incident({ causes: ["access_changed"], access: { atMs: t0, isWalled: true } }) },
    ],
    [
      "Weather API no longer asks for a login",
      { incident: incident({ causes: ["access_changed"], access: { atMs: t0, isWalled: false } }) },
    ],
    [
      "Weather API keeps going up and down",
      { alert: incidentAlertOf("flapping"), incident: incident({ causes: ["flapping"] }) },
    ],
    [
      "Weather API fails from London only",
      { incident: incident({ causes: ["regional:eu-west"], regions: ["eu-west"] }) },
    ],
    [
      "Weather API fails from some regions",
      { incident: incident({ causes: ["regional:eu-west", "regional:us-east"] }) },
    ],
    [
      "Weather API is degraded",
      { alert: incidentAlertOf("added"), incident: incident({ causes: ["degraded", "burn_rate"] }) },
    ],
    [
      "No longer down: Weather API is degraded",
      { alert: incidentAlertOf("fell"), incident: incident({ causes: ["degraded"] }) },
    ],
    ["Acknowledged: Weather API is down", { alert: incidentAlertOf("acknowledged") }],
    ["Still open: Weather API is down", { alert: incidentAlertOf("still-open") }],
    ["Open again: Weather API is down", { alert: incidentAlertOf("reopened") }],
    ["Update: Weather API is down", { alert: incidentAlertOf("public-update") }],
    [
      "Weather API has recovered",
      { alert: because(incidentAlertOf("resolved"), "recovered"), incident: incident(resolved) },
    ],
    ["Weather API has recovered", { alert: incidentAlertOf("resolved"), incident: incident(resolved) }],
    [
      "Weather API is not watched any more",
      { alert: because(incidentAlertOf("resolved"), "endpoint-paused"), incident: incident(resolved) },
    ],
    [
      "Weather API: the new access is taken as normal",
      { alert: because(incidentAlertOf("resolved"), "access-is-normal-now"), incident: incident(resolved) },
    ],
    [
      "[Test] Weather API: the simulated outage is over",
      {
        alert: { ...because(incidentAlertOf("resolved"), "simulation-over"), isTest: true },
        incident: incident(resolved),
      },
    ],
    ["[Test] Weather API is down", { alert: { ...incidentAlertOf("opened"), isTest: true } }],
    [
      "Acknowledged: Weather API had an incident",
      { alert: incidentAlertOf("acknowledged"), incident: incident({ causes: [] }) },
    ],
    ["Weather API has an incident", { incident: null }],
    ["Weather API broke its tools", { alert: drift() }],
    ["Weather API has suspicious text in its tools", { alert: drift("P3", ["instructions"]) }],
    ["The TLS certificate of Weather API expires in 3 d", { alert: expiry }],
  ])("is headed %s", (title, change) => {
    expect(titleOf(change)).toBe(title);
  });

  test.each<[says: boolean, when: string, change: Partial<MessageInput>]>([
    [true, "it rose", { alert: incidentAlertOf("rose") }],
    [true, "it is open again", { alert: incidentAlertOf("reopened") }],
    [
      true,
      "it rose while the sink was not to be disturbed",
      { alert: incidentAlertOf("still-open"), event: "incident.updated" },
    ],
    [
      true,
      "the sink heard of something milder before",
      { alert: incidentAlertOf("opened"), event: "incident.updated" },
    ],
    [false, "it opened", { alert: incidentAlertOf("opened") }],
    [
      false,
      "it rose, to a sink that hears of it first",
      { alert: incidentAlertOf("rose"), event: "incident.opened" },
    ],
    [false, "it fell", { alert: incidentAlertOf("fell", "P2") }],
    [false, "more is wrong, and no worse", { alert: incidentAlertOf("added") }],
    [false, "its owner tells the public", { alert: incidentAlertOf("public-update") }],
    [false, "somebody acknowledged", { alert: incidentAlertOf("acknowledged") }],
    [false, "it is over", { alert: incidentAlertOf("resolved"), incident: incident(resolved) }],
    [false, "it is a drift", { alert: drift() }],
  ])("is to be noticed anew: %s, when %s", (says, _when, change) => {
    expect(buildAlertMessage(input(change), t0).isWorse).toBe(says);
  });

  test("can be read as earlier versions stored it", () => {
    const { isWorse: _, ...stored } = buildAlertMessage(input(), t0);
    expect(alertMessageSchema.parse(stored).isWorse).toBe(false);
  });

  const summaryOf = (change: Partial<MessageInput>) => buildAlertMessage(input(change), t0).summary;

  test.each<[summary: string, change: Partial<MessageInput>]>([
    [
      "It was: Connection refused. It lasted 3 min, seen from London, Ashburn.",
      { alert: incidentAlertOf("resolved"), incident: incident(resolved) },
    ],
    [
      "The trouble is over. It lasted 3 min.",
      {
        alert: incidentAlertOf("resolved"),
        incident: incident({ ...resolved, failureReason: null, regions: [] }),
      },
    ],
    [
      "This is a simulated outage: nothing is wrong. For 4 min now.",
      { alert: { ...incidentAlertOf("opened"), isTest: true }, incident: incident({ regions: [] }) },
    ],
    [
      "The probes fail. For 4 min now. 7 endpoints fail together for one cause.",
      { incident: incident({ failureReason: null, regions: [], endpointsTogether: 7 }) },
    ],
    [
      "Other regions reach it. For 4 min now, seen from London.",
      { incident: incident({ failureReason: null, causes: ["regional:eu-west"], regions: ["eu-west"] }) },
    ],
    [
      "At this pace it will miss the target that its owner set. For 4 min now.",
      { incident: incident({ failureReason: null, causes: ["burn_rate"], regions: [] }) },
    ],
    [
      "Clients without a login cannot use it any more: check that this is meant. For 4 min now.",
      {
        incident: incident({
          failureReason: null,
          causes: ["access_changed"],
          access: { atMs: t0, isWalled: true },
          regions: [],
        }),
      },
    ],
    [
      "Whoever knows its address can use it: check that this is meant. For 4 min now.",
      {
        incident: incident({
          failureReason: null,
          causes: ["access_changed"],
          access: { atMs: t0, isWalled: false },
          regions: [],
        }),
      },
    ],
    [
      "What it does until it is steady is not told one by one. For 4 min now.",
      { incident: incident({ failureReason: null, causes: ["flapping"], regions: [] }) },
    ],
    ['1 breaking change, 0 other changes: "a".', { alert: drift() }],
    [
      'New text of a tool tells an agent what to do, or hides: look at it before agents read it. A tool says that it does more harm than before. 1 breaking change, 0 other changes: "a".',
      { alert: drift("P3", ["instructions", "safety"]) },
    ],
    ["It is valid until 2026-11-26 12:00 UTC; after that clients refuse to connect.", { alert: expiry }],
    ["Open the incident for what is known.", { incident: null }],
  ])("says: %s", (summary, change) => {
    expect(summaryOf(change)).toBe(summary);
  });

  test("of a credential asks for a new one", () => {
    const alert = { ...expiry, facts: { ...expiry.facts, what: "credential" } } as Alert;
    const message = buildAlertMessage(input({ alert }), t0);
    expect(message.title).toBe("The credential of Weather API expires in 3 d");
    expect(message.summary).toContain("Enter a new one before.");
    expect(message.links.map(({ url }) => url)).toEqual([
      "https://app.alivemcp.example/w/acme/endpoints/weather-api",
      "https://alivemcp.example/status/weather-api",
      "https://alivemcp.example/help/credential_expiring",
      "https://wiki.example.com/weather",
    ]);
  });

  test("of drift names three tools and counts the rest, and leads to the difference", () => {
    const facts = { ...drift().facts, breaking: 2, other: 3, tools: ["a", "b", "c", "d", "e"] };
    const message = buildAlertMessage(input({ alert: { ...drift(), facts } as Alert }), t0);
    expect(message.title).toBe("Weather API broke its tools");
    expect(message.summary).toBe('2 breaking changes, 3 other changes: "a", "b", "c" and 2 more.');
    expect(message.links[0]?.url).toBe("https://app.alivemcp.example/w/acme/endpoints/weather-api/drift/d");
    expect(message.incident).toBeNull();
    const mild = { ...drift(), facts: { ...facts, breaking: 0, tools: [] } } as Alert;
    expect(buildAlertMessage(input({ alert: mild }), t0)).toMatchObject({
      title: "Weather API changed its tools",
      summary: "0 breaking changes, 3 other changes.",
    });
  });

  test("says in which state the incident is", () => {
    const stateOf = (change: Partial<MessageInput>) => buildAlertMessage(input(change), t0).incident?.state;
    expect(stateOf({})).toBe("open");
    expect(stateOf({ incident: incident({ acknowledgedAtMs: t0 }) })).toBe("acknowledged");
    expect(stateOf({ incident: incident({ ...resolved, acknowledgedAtMs: t0 }) })).toBe("resolved");
    expect(stateOf({ alert: incidentAlertOf("resolved") })).toBe("resolved");
  });

  test("carries what the owner told the public, cleaned", () => {
    const update = { stage: "identified" as const, body: "We found it\u0000.\r\nSoon." };
    expect(buildAlertMessage(input({ incident: incident({ update }) }), t0).incident?.update).toEqual({
      stage: "identified",
      body: "We found it .\nSoon.",
    });
    const empty = { stage: "identified" as const, body: " \u200b" };
    expect(
      buildAlertMessage(input({ incident: incident({ update: empty }) }), t0).incident?.update,
    ).toBeNull();
  });

  test("says when it was and that it flapped", () => {
    const facts = buildAlertMessage(
      input({ alert: incidentAlertOf("resolved"), incident: incident({ ...resolved, isFlapping: true }) }),
      t0,
    ).facts;
    expect(facts.map(({ label }) => label)).toEqual(["Since", "Until", "Reason", "Regions", "Flapping"]);
  });

  test("tells a follower nothing that is the owner's: group, tags, runbook, error budget", () => {
    const causes = ["burn_rate", "down"] as const;
    const message = buildAlertMessage(input({ relation: "follower", incident: incident({ causes }) }), t0);
    expect(message.endpoint).toMatchObject({ group: null, tags: [] });
    expect(message.incident?.causes).toEqual(["down"]);
    expect(message.links.map(({ label }) => label)).toEqual(["Incident", "Status page", "Help"]);
    expect(buildAlertMessage(input({ incident: incident({ causes }) }), t0).incident?.causes).toEqual(causes);
  });

  test("leads to no status page of a private endpoint, and to one of an unlisted", () => {
    const labelsOf = (visibility: "private" | "unlisted") =>
      buildAlertMessage(withEndpoint({ visibility }), t0).links.map(({ label }) => label);
    expect(labelsOf("private")).toEqual(["Incident", "Help", "Runbook"]);
    expect(labelsOf("unlisted")).toContain("Status page");
  });

  test.each<[name: string, runbookUrl: string | null]>([
    ["missing", null],
    ["a script", "javascript:alert(1)"],
    ["with a password", "https://user:pw@wiki.example.com/"],
    ["with a user", "https://user@wiki.example.com/"],
    ["no URL", "ask Bob"],
    ["too long", `https://wiki.example.com/${"x".repeat(2_048)}`],
  ])("leaves out a runbook that is %s", (_name, runbookUrl) => {
    const { links } = buildAlertMessage(withEndpoint({ runbookUrl }), t0);
    expect(links.map(({ label }) => label)).not.toContain("Runbook");
  });

  test("has a name where the endpoint has none", () => {
    expect(buildAlertMessage(withEndpoint({ name: " \u200b " }), t0).title).toBe("An endpoint is down");
  });

  test("says cities, each once, whatever the region is called", () => {
    const site = {
      ...input().site,
      cityOf: (region: string) => (region === "eu-west" ? "L".repeat(99) : "Paris"),
    };
    const regions = ["eu-west", "fr-1", "fr-2"];
    const message = buildAlertMessage(input({ site, incident: incident({ regions }) }), t0);
    expect(message.incident?.regions).toEqual([`${"L".repeat(59)}…`, "Paris"]);
  });

  const causes: readonly IncidentCause[] = [...INCIDENT_CAUSES, "regional:eu-west"];
  const alerts: readonly Alert[] = [
    ...INCIDENT_NEWS.map((news) => incidentAlertOf(news)),
    drift(),
    drift("P3", ["instructions", "safety"]),
    expiry,
  ];

  const everything = alerts.flatMap((alert) =>
    causes.flatMap((cause) => [null, ...FAILURE_REASONS].map((reason) => ({ alert, cause, reason }))),
  );

  test("is whole and names no address, no URL of the endpoint and nothing internal, for every event, cause and reason", () => {
    const name = `Weather ${SECRET_URL} at 10.20.30.40 and [fe80::1]:99`;
    for (const { alert, cause, reason } of everything) {
      const state = alert.event === "incident.resolved" ? resolved : { causes: [cause] };
      const told = alert.facts.kind === "incident" ? incident({ failureReason: reason, ...state }) : null;
      const given = withEndpoint({ name, visibility: "private" }, { alert, incident: told });
      const message = buildAlertMessage(given, t0);
      const text = JSON.stringify(message);
      expect(alertMessageSchema.safeParse(message).error).toBeUndefined();
      expect(text).not.toMatch(/10\.20\.30\.40|fe80|secret-path|hunter2|8443|undefined|NaN|\[object/);
      expect(text).not.toMatch(/"tenant"|us-east|confirmation|tenantId|endpointId|revision/);
      expect(message.title).not.toMatch(/_|regional:/);
    }
  });

  const hostile = fc.oneof(
    fc.constantFrom(
      "@everyone <!channel> <@U123> [x](https://evil.example) *b* `c` <b>d</b> </script>",
      "\u0000\u0007\u001b[31mred\r\nBcc: a@b.example\n\n",
      "\u202egnp.exe\u2066\u200b\ufeff",
      "x".repeat(10_000),
      "\ud800 half",
      "https://evil.example/".repeat(500),
      "10.0.0.1 ".repeat(2_000),
    ),
    fc.string({ unit: "binary", maxLength: 300 }),
  );

  test("stays whole, one bounded line each, whatever strangers call things", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, fc.constantFrom(...alerts), (name, tool, tag, alert) => {
        const facts =
          alert.facts.kind === "drift" ? { ...alert.facts, tools: [tool, tool, name, tag] } : alert.facts;
        const message = buildAlertMessage(
          withEndpoint(
            { name, group: tag, tags: Array.from({ length: 30 }, () => tag), runbookUrl: name },
            { alert: { ...alert, facts } },
          ),
          t0,
        );
        expect(alertMessageSchema.safeParse(message).error).toBeUndefined();
        const lines = [
          message.title,
          message.summary,
          message.endpoint?.name,
          message.endpoint?.group ?? "",
          ...(message.endpoint?.tags ?? []),
        ];
        for (const line of lines) {
          expect(line).toBe(publicLine(line ?? "", 600));
          expect(line).not.toMatch(/https?:\/\//);
        }
      }),
    );
  });
});

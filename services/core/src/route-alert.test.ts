import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  drift,
  expiry,
  fresh,
  given,
  HOUR_MS,
  incidentAlertOf,
  MINUTE_MS,
  rule,
  sink,
  t0,
  told,
  window,
} from "../test/route-story.ts";
import { INCIDENT_NEWS, type IncidentNews } from "./alert.ts";
import { PLANS } from "./plans.ts";
import { routeAlert } from "./route-alert.ts";
import { FOLD_REASONS, MUTE_REASONS, type RouteInput, SEND_REASONS, SKIP_REASONS } from "./route-decision.ts";

const policy = (id: string, ...sinkIds: readonly string[]) => ({
  id,
  steps: sinkIds.map((sinkId, i) => ({ afterMs: i * 5 * MINUTE_MS, sinkIds: [sinkId] })),
});
const nights = { timeZone: "UTC", ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "22:00", to: "06:00" }] };
const muted = { ...fresh, mutedUntilMs: t0 + HOUR_MS };
const ackedAt = (severity: "P1" | "P2", ...sinkIds: readonly string[]) => ({
  ...told(severity, ...sinkIds),
  acknowledgedAtMs: t0 - MINUTE_MS,
});
const release = { fromMs: t0 - HOUR_MS, untilMs: t0 + HOUR_MS };
const scoped = { kind: "some", endpointIds: ["other"], tags: [], groups: [] } as const;

/** Each decision as "sink: verdict reason (rule)"; an event other than the alert's is named. */
const sentencesOf = (input: RouteInput) =>
  routeAlert(input, t0).decisions.map(({ sinkId, verdict, reason, ruleId, event }) =>
    [
      `${sinkId ?? "nobody"}: ${verdict} ${reason}`,
      ...(ruleId === null ? [] : [`by ${ruleId}`]),
      ...(event === input.alert.event ? [] : [`as ${event}`]),
    ].join(" "),
  );

const TABLE: readonly (readonly [name: string, change: Partial<RouteInput>, expected: readonly string[]])[] =
  [
    // rules
    ["goes to the default sink when there are no rules", {}, ["mail: send default-rule"]],
    [
      "goes to the sinks of every rule that matches, each once",
      { rules: [rule("r2", ["s2", "s1"], { position: 2 }), rule("r1", ["s1"])] },
      ["s1: send rule-matches by r1", "s2: send rule-matches by r2"],
    ],
    [
      "goes by the id of rules at one place",
      { rules: [rule("rb", ["s1"]), rule("ra", ["s1"])] },
      ["s1: send rule-matches by ra"],
    ],
    ["goes nowhere when there is no default sink", { sinks: [sink("s1")] }, ["nobody: skip no-default-sink"]],
    [
      "goes nowhere when all rules are off",
      { rules: [rule("r", ["s1"], { isEnabled: false })] },
      ["nobody: skip all-rules-off"],
    ],
    [
      "goes nowhere when no rule covers the endpoint",
      { rules: [rule("r", ["s1"], { scope: scoped })] },
      ["nobody: skip endpoint-not-in-scope"],
    ],
    [
      "goes nowhere when no rule asks for the severity",
      { rules: [rule("r", ["s1"], { severities: ["P2"] })] },
      ["nobody: skip severity-not-asked"],
    ],
    [
      "says of several misses the nearest",
      {
        rules: [
          rule("r", ["s1"], { isEnabled: false }),
          rule("q", ["s1"], { scope: scoped }),
          rule("p", ["s1"], { severities: ["P2"] }),
        ],
      },
      ["nobody: skip severity-not-asked"],
    ],
    [
      "says that the scope is wrong rather than that a rule is off",
      { rules: [rule("r", ["s1"], { isEnabled: false }), rule("q", ["s1"], { scope: scoped })] },
      ["nobody: skip endpoint-not-in-scope"],
    ],
    [
      "does not go to a rule's sinks outside its hours",
      { rules: [rule("r", ["s1"], { hours: nights })] },
      ["s1: skip outside-hours by r"],
    ],
    [
      "says that it is outside the hours of a rule without sinks",
      { rules: [rule("r", [], { hours: nights }), rule("p", ["s1"], { severities: ["P2"] })] },
      ["nobody: skip outside-hours"],
    ],
    [
      "goes to a sink of two rules by the one within its hours",
      { rules: [rule("r", ["s1"], { hours: nights }), rule("q", ["s1", "s2"])] },
      ["s1: send rule-matches by q", "s2: send rule-matches by q"],
    ],
    [
      "goes nowhere when the rule that matches has no sinks",
      { rules: [rule("r", [])] },
      ["nobody: skip rule-without-sinks"],
    ],
    // sinks
    [
      "never goes to an unverified sink",
      { rules: [rule("r", ["s1", "s2"])], sinks: [sink("s1", { state: "unverified" }), sink("s2")] },
      ["s1: skip sink-unverified by r", "s2: send rule-matches by r"],
    ],
    [
      "never goes to a disabled sink",
      { rules: [rule("r", ["s1", "s2"])], sinks: [sink("s1", { state: "disabled" }), sink("s2")] },
      ["s1: skip sink-disabled by r", "s2: send rule-matches by r"],
    ],
    [
      "goes to the default sink when the rule's can take nothing",
      {
        rules: [rule("r", ["s1"])],
        sinks: [sink("s1", { state: "disabled" }), sink("mail", { kind: "email", isDefault: true })],
      },
      ["s1: skip sink-disabled by r", "mail: send fallback-to-default"],
    ],
    [
      "goes to the default sink when the rule's are deleted",
      { rules: [rule("r", ["gone"])] },
      ["mail: send fallback-to-default"],
    ],
    [
      "goes to the default sink when the plan has no escalation and the rule nothing else",
      {
        plan: PLANS.author,
        policies: [policy("p", "s1")],
        rules: [rule("r", [], { escalationPolicyId: "p" })],
      },
      ["mail: send fallback-to-default"],
    ],
    [
      "goes nowhere when there is nothing to fall back to",
      { rules: [rule("r", ["gone"])], sinks: [sink("s1")] },
      ["nobody: skip sink-deleted"],
    ],
    [
      "goes to a default sink that is named by the rule only once",
      {
        rules: [rule("r", ["mail"])],
        sinks: [sink("mail", { kind: "email", isDefault: true, state: "disabled" })],
      },
      ["mail: skip sink-disabled by r"],
    ],
    [
      "does not fall back for a rule outside its hours",
      { rules: [rule("r", ["gone"], { hours: nights })] },
      ["nobody: skip outside-hours"],
    ],
    // plan
    [
      "rests at sinks the plan has no kind for",
      { plan: PLANS.public, rules: [rule("r", ["s1", "mail"])] },
      ["s1: mute sink-kind-not-in-plan by r", "mail: send rule-matches by r"],
    ],
    [
      "rests at the newest sinks beyond the plan",
      { plan: { ...PLANS.author, sinksMax: 2 }, rules: [rule("r", ["s1", "s2"])] },
      ["s1: send rule-matches by r", "s2: mute sink-over-plan by r"],
    ],
    [
      "counts only sinks of the plan's kind against it",
      {
        plan: PLANS.public,
        sinks: [sink("s1", { createdAtMs: 0 }), sink("mail", { kind: "email", isDefault: true })],
      },
      ["mail: send default-rule"],
    ],
    // escalation
    [
      "goes to the first step of the policy at once",
      { policies: [policy("p", "s2", "mail")], rules: [rule("r", ["s1"], { escalationPolicyId: "p" })] },
      ["s1: send rule-matches by r", "s2: send rule-matches by r"],
    ],
    [
      "does not follow a policy that the plan has not",
      {
        plan: PLANS.author,
        policies: [policy("p", "s2")],
        rules: [rule("r", ["s1"], { escalationPolicyId: "p" })],
      },
      ["s1: send rule-matches by r"],
    ],
    [
      "goes to the sinks of a step that is due, whatever rules say",
      {
        escalateTo: { sinkIds: ["s2", "s1"], stepsDone: 2 },
        incident: told("P1", "s1"),
        rules: [rule("r", ["mail"])],
        alert: incidentAlertOf("still-open"),
      },
      [
        "s2: send escalation-step as incident.opened",
        "s1: send escalation-step",
        "mail: send still-open by r as incident.opened",
      ],
    ],
    [
      "goes with a step that is due to nobody whom a rule told before",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 2 },
        incident: told("P1", "s1"),
        rules: [rule("r", ["s1"]), rule("q", ["mail"], { hours: nights })],
        alert: incidentAlertOf("still-open"),
      },
      ["s2: send escalation-step as incident.opened"],
    ],
    [
      "goes nowhere when the sinks of a step are deleted",
      {
        escalateTo: { sinkIds: ["gone"], stepsDone: 2 },
        incident: told("P1", "mail"),
        alert: incidentAlertOf("still-open"),
      },
      ["nobody: skip sink-deleted"],
    ],
    // mutes
    ["is muted by a person", { incident: muted }, ["mail: mute muted-by-person"]],
    [
      "is not muted when that has ended",
      { incident: { ...fresh, mutedUntilMs: t0 } },
      ["mail: send default-rule"],
    ],
    ["is muted by maintenance", { maintenance: [window(t0 + HOUR_MS)] }, ["mail: mute maintenance"]],
    [
      "is muted by a person rather than by maintenance",
      { incident: muted, maintenance: [window(t0 + HOUR_MS)] },
      ["mail: mute muted-by-person"],
    ],
    [
      "is not muted by maintenance of others",
      { maintenance: [window(t0 + HOUR_MS, { scope: scoped })] },
      ["mail: send default-rule"],
    ],
    [
      "is not muted where nothing would go anyway",
      {
        incident: muted,
        rules: [rule("r", ["s1", "s2"])],
        sinks: [sink("s1", { state: "unverified" }), sink("s2")],
      },
      ["s1: skip sink-unverified by r", "s2: mute muted-by-person by r"],
    ],
    [
      "of drift is muted by an announced release",
      { alert: drift(), incident: null, releases: [release] },
      ["mail: mute release-announced"],
    ],
    [
      "of drift with a text that steers agents is not",
      { alert: drift("P3", ["instructions"]), incident: null, releases: [release] },
      ["mail: send default-rule"],
    ],
    [
      "of drift that admits to harm is",
      { alert: drift("P3", ["safety"]), incident: null, releases: [release] },
      ["mail: mute release-announced"],
    ],
    [
      "of drift is not muted by a release that is over",
      { alert: drift(), incident: null, releases: [{ fromMs: t0 - 2 * HOUR_MS, untilMs: t0 - HOUR_MS }] },
      ["mail: send default-rule"],
    ],
    [
      "of drift is muted by maintenance",
      { alert: drift("P3", ["instructions"]), incident: null, maintenance: [window(t0 + HOUR_MS)] },
      ["mail: mute maintenance"],
    ],
    ["of an outage is not muted by a release", { releases: [release] }, ["mail: send default-rule"]],
    [
      "of what runs out is told in maintenance",
      { alert: expiry, incident: null, maintenance: [window(t0 + HOUR_MS)], releases: [release] },
      ["mail: send default-rule"],
    ],
    // folds
    [
      "that is small waits for the weekly digest",
      { alert: drift("P4"), incident: null, rules: [rule("r", ["s1"], { severities: ["P4"] })] },
      ["nobody: fold weekly-digest"],
    ],
    [
      "of a cause that struck many is folded",
      { incident: { ...fresh, isClustered: true } },
      ["mail: fold shared-cause"],
    ],
    [
      "of a cause that struck many is folded rather than muted",
      { incident: { ...muted, isClustered: true } },
      ["mail: fold shared-cause"],
    ],
    [
      "of a cause that struck many goes on where it was told",
      { alert: incidentAlertOf("fell", "P2"), incident: { ...told("P1", "s1"), isClustered: true } },
      ["mail: fold shared-cause as incident.opened", "s1: send told-before"],
    ],
    [
      "of a cause that struck many does not escalate to others",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 2 },
        incident: { ...told("P1", "s1"), isClustered: true },
        alert: incidentAlertOf("still-open"),
      },
      ["s2: fold shared-cause as incident.opened", "mail: fold shared-cause as incident.opened"],
    ],
    // updates
    [
      "that became worse goes to who was told and to who asks for it now",
      {
        alert: incidentAlertOf("rose"),
        incident: told("P2", "s1"),
        rules: [rule("r", ["s2"], { severities: ["P1"] })],
      },
      ["s2: send rule-matches by r as incident.opened", "s1: send told-before"],
    ],
    [
      "that became better goes to who was told, though no rule asks for it now",
      {
        alert: incidentAlertOf("fell", "P2"),
        incident: told("P1", "s1"),
        rules: [rule("r", ["s1"], { severities: ["P1"] })],
      },
      ["s1: send told-before"],
    ],
    [
      "that became better goes by the rule that asks for it",
      { alert: incidentAlertOf("fell", "P2"), incident: told("P1", "s1"), rules: [rule("r", ["s1"])] },
      ["s1: send rule-matches by r"],
    ],
    [
      "that is open again is told as an opening",
      { alert: incidentAlertOf("reopened"), incident: told("P1", "mail") },
      ["mail: send default-rule"],
    ],
    [
      "that became better is not told who acknowledged it",
      { alert: incidentAlertOf("fell", "P2"), incident: ackedAt("P1", "mail") },
      ["mail: mute acknowledged"],
    ],
    [
      "that flaps is not told who acknowledged it",
      { alert: incidentAlertOf("flapping", "P2"), incident: ackedAt("P1", "mail") },
      ["mail: mute acknowledged"],
    ],
    [
      "that became worse is told who acknowledged it",
      { alert: incidentAlertOf("rose"), incident: ackedAt("P2", "mail") },
      ["mail: send default-rule"],
    ],
    [
      "that is open again is told who acknowledged it",
      { alert: incidentAlertOf("reopened"), incident: ackedAt("P1", "mail") },
      ["mail: send default-rule"],
    ],
    [
      "that opened is not told twice",
      { incident: told("P1", "mail") },
      ["mail: skip already-told as incident.updated"],
    ],
    [
      "that is still open is told where it was kept back",
      { alert: incidentAlertOf("still-open"), incident: fresh },
      ["mail: send still-open as incident.opened"],
    ],
    [
      "that is still open is not told twice",
      { alert: incidentAlertOf("still-open"), incident: told("P1", "mail") },
      ["mail: skip already-told"],
    ],
    [
      "that is still open is told where its worse state was kept back",
      { alert: incidentAlertOf("still-open"), incident: told("P2", "mail") },
      ["mail: send still-open"],
    ],
    [
      "that is still open is not told of a better state that was kept back",
      { alert: incidentAlertOf("still-open", "P2"), incident: told("P1", "mail") },
      ["mail: skip already-told"],
    ],
    [
      "that is still open is not told when it was acknowledged",
      { alert: incidentAlertOf("still-open"), incident: { ...fresh, acknowledgedAtMs: t0 } },
      ["mail: mute acknowledged as incident.opened"],
    ],
    // follow-ups
    [
      "that is over is told where it was told",
      { alert: incidentAlertOf("resolved"), incident: told("P1", "s1"), rules: [rule("r", ["s2"])] },
      ["s1: send told-before"],
    ],
    [
      "that is over is told past mutes, maintenance, clusters and acknowledgements",
      {
        alert: incidentAlertOf("resolved"),
        incident: { ...ackedAt("P1", "s1"), mutedUntilMs: t0 + HOUR_MS, isClustered: true },
        maintenance: [window(t0 + HOUR_MS)],
      },
      ["s1: send told-before"],
    ],
    [
      "that is over is not told where it was never told",
      { alert: incidentAlertOf("resolved") },
      ["nobody: skip never-told"],
    ],
    [
      "that is over is not told to a sink that was disabled since",
      {
        alert: incidentAlertOf("resolved"),
        incident: told("P1", "s1"),
        sinks: [sink("s1", { state: "disabled" })],
      },
      ["s1: skip sink-disabled"],
    ],
    [
      "that is over is not told to a sink that was deleted since",
      { alert: incidentAlertOf("resolved"), incident: told("P1", "gone") },
      ["nobody: skip never-told"],
    ],
    [
      "that is acknowledged is told where it was told",
      { alert: incidentAlertOf("acknowledged"), incident: ackedAt("P1", "s1") },
      ["s1: send told-before"],
    ],
    [
      "that is acknowledged is told nobody new",
      { alert: incidentAlertOf("acknowledged") },
      ["nobody: skip never-told"],
    ],
    [
      "of a group that grew is told where it was told, past every mute",
      {
        alert: incidentAlertOf("together"),
        incident: { ...ackedAt("P1", "s1"), mutedUntilMs: t0 + HOUR_MS },
        rules: [rule("r", ["s2"])],
      },
      ["s1: send told-before"],
    ],
    [
      "that the public was told of is told where it was told, past every mute",
      {
        alert: incidentAlertOf("public-update"),
        incident: { ...ackedAt("P1", "s1"), mutedUntilMs: t0 + HOUR_MS },
        rules: [rule("r", ["s2"])],
      },
      ["s1: send told-before"],
    ],
    // who
    [
      "of an endpoint that is not followed any more goes nowhere, its end neither",
      { alert: incidentAlertOf("resolved"), incident: told("P1", "s1"), relation: "none" },
      ["nobody: skip not-watched"],
    ],
    ["goes to followers", { relation: "follower" }, ["mail: send default-rule"]],
    [
      "of a burning budget does not go to followers",
      { relation: "follower", alert: burning(["burn_rate"]) },
      ["nobody: skip owners-alone"],
    ],
    ["of a burning budget goes to owners", { alert: burning(["burn_rate"]) }, ["mail: send default-rule"]],
    [
      "of a burning budget and more goes to followers",
      { relation: "follower", alert: burning(["burn_rate", "down"]) },
      ["mail: send default-rule"],
    ],
    [
      "that is over goes to followers who were told",
      { relation: "follower", alert: incidentAlertOf("resolved"), incident: told("P1", "s1") },
      ["s1: send told-before"],
    ],
    [
      "that nothing is known of goes to followers",
      { relation: "follower", alert: burning([]) },
      ["mail: send default-rule"],
    ],
    [
      "of what runs out does not go to followers",
      { relation: "follower", alert: expiry, incident: null },
      ["nobody: skip owners-alone"],
    ],
    [
      "of drift goes to followers",
      { relation: "follower", alert: drift(), incident: null },
      ["mail: send default-rule"],
    ],
  ];

function burning(causes: readonly ("burn_rate" | "down")[]) {
  const alert = incidentAlertOf("opened", "P2");
  return { ...alert, facts: { ...alert.facts, causes } } as typeof alert;
}

describe("an alert", () => {
  test.each(TABLE)("%s", (_name, change, expected) => {
    expect(sentencesOf(given(change))).toEqual(expected);
  });

  test("is seen with every verdict and reason in this table", () => {
    const seen = new Set(
      TABLE.flatMap(([, , expected]) => expected.map((one) => one.split(" ").slice(1, 3).join(" "))),
    );
    const all = [
      ...SEND_REASONS.map((reason) => `send ${reason}`),
      ...FOLD_REASONS.map((reason) => `fold ${reason}`),
      ...MUTE_REASONS.map((reason) => `mute ${reason}`),
      ...SKIP_REASONS.map((reason) => `skip ${reason}`),
    ];
    expect([...seen].sort()).toEqual(all.sort());
  });

  const night = Date.UTC(2026, 10, 23, 22);

  test.each<[name: string, change: Partial<RouteInput>, wakeAtMs: number | null]>([
    ["not when it was sent", {}, null],
    ["when its mute ends", { incident: muted }, t0 + HOUR_MS],
    ["when maintenance ends", { maintenance: [window(t0 + 2 * HOUR_MS)] }, t0 + 2 * HOUR_MS],
    ["when the hours of a rule begin", { rules: [rule("r", ["s1"], { hours: nights })] }, night],
    [
      "when the hours of another rule begin, though one sent it",
      { rules: [rule("r", ["s1"], { hours: nights }), rule("q", ["s2"])] },
      night,
    ],
    [
      "at the earlier of hours and mute",
      { incident: muted, rules: [rule("r", ["s1"], { hours: nights }), rule("q", ["s2"])] },
      t0 + HOUR_MS,
    ],
    [
      "at the next step",
      { policies: [policy("p", "s1", "s2")], rules: [rule("r", [], { escalationPolicyId: "p" })] },
      t0 + 5 * MINUTE_MS,
    ],
    [
      "at the next step when the hours of another rule begin later",
      {
        policies: [policy("p", "s1", "s2")],
        rules: [rule("r", [], { escalationPolicyId: "p" }), rule("q", ["mail"], { hours: nights })],
      },
      t0 + 5 * MINUTE_MS,
    ],
    [
      "not for steps when nobody was told",
      {
        policies: [policy("p", "s1", "s2")],
        rules: [rule("r", [], { escalationPolicyId: "p" })],
        sinks: [sink("s1", { state: "disabled" })],
      },
      null,
    ],
    [
      "at the next step after the first page, not after this one",
      {
        alert: incidentAlertOf("rose"),
        policies: [policy("p", "s1", "s2")],
        rules: [],
        incident: {
          ...told("P2", "s1"),
          pagedAtMs: t0 - MINUTE_MS,
          escalationPolicyId: "p",
          escalationStep: 1,
        },
      },
      t0 + 4 * MINUTE_MS,
    ],
    [
      "not for steps when it was acknowledged",
      {
        alert: incidentAlertOf("rose"),
        policies: [policy("p", "s1", "s2")],
        incident: { ...ackedAt("P2", "s1"), escalationPolicyId: "p", escalationStep: 1 },
      },
      null,
    ],
    [
      "not for steps of a policy that was deleted",
      {
        alert: incidentAlertOf("rose"),
        incident: { ...told("P2", "s1"), escalationPolicyId: "p", escalationStep: 1 },
      },
      null,
    ],
    [
      "when the hours of a rule begin, though a step is due",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 2 },
        rules: [rule("r", ["s1"], { hours: nights })],
        incident: { ...told("P1", "s1"), escalationPolicyId: "p", escalationStep: 1 },
      },
      night,
    ],
    [
      "when the mute ends, though a step is due",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 2 },
        policies: [policy("p", "s1", "s2", "mail")],
        incident: {
          ...told("P1", "s1"),
          mutedUntilMs: t0 + HOUR_MS,
          escalationPolicyId: "p",
          escalationStep: 1,
        },
      },
      t0 + HOUR_MS,
    ],
    [
      "at the step after the one that was due",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 2 },
        policies: [policy("p", "s1", "s2", "mail")],
        incident: {
          ...told("P1", "s1"),
          pagedAtMs: t0 - 5 * MINUTE_MS,
          escalationPolicyId: "p",
          escalationStep: 1,
        },
      },
      t0 + 5 * MINUTE_MS,
    ],
    [
      "not when it is over",
      {
        alert: incidentAlertOf("resolved"),
        incident: { ...told("P1", "s1"), mutedUntilMs: t0 + HOUR_MS },
        rules: [rule("r", ["s1"], { hours: nights })],
      },
      null,
    ],
    [
      "not when it is no incident",
      { alert: drift(), incident: null, maintenance: [window(t0 + HOUR_MS)] },
      null,
    ],
  ])("wakes the router %s", (_name, change, wakeAtMs) => {
    expect(routeAlert(given(change), t0).wakeAtMs).toBe(wakeAtMs);
  });

  test.each<
    [
      name: string,
      change: Partial<RouteInput>,
      escalation: { policyId: string | null; stepsDone: number } | null,
    ]
  >([
    [
      "the policy of the first rule that has one, its first step done",
      {
        policies: [policy("p", "s1"), policy("q", "s2")],
        rules: [
          rule("a", ["s1"]),
          rule("b", [], { position: 3, escalationPolicyId: "p" }),
          rule("c", [], { position: 2, escalationPolicyId: "q" }),
        ],
      },
      { policyId: "q", stepsDone: 1 },
    ],
    ["nothing without a policy", { rules: [rule("a", ["s1"])] }, { policyId: null, stepsDone: 0 }],
    [
      "nothing while it is muted",
      { incident: muted, policies: [policy("p", "s1")], rules: [rule("b", [], { escalationPolicyId: "p" })] },
      { policyId: null, stepsDone: 0 },
    ],
    [
      "the policy it has, though another rule matches now",
      {
        alert: incidentAlertOf("rose"),
        incident: { ...told("P2", "s1"), escalationPolicyId: "p", escalationStep: 2 },
        policies: [policy("p", "s1", "s2", "mail"), policy("q", "s2")],
        rules: [rule("b", [], { escalationPolicyId: "q" })],
      },
      { policyId: "p", stepsDone: 2 },
    ],
    [
      "the steps that were due",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 3 },
        incident: { ...told("P1", "s1"), escalationPolicyId: "p", escalationStep: 1 },
      },
      { policyId: "p", stepsDone: 3 },
    ],
    [
      "not the steps that were due while muted",
      {
        escalateTo: { sinkIds: ["s2"], stepsDone: 3 },
        incident: { ...told("P1", "s1"), mutedUntilMs: t0 + 1, escalationPolicyId: "p", escalationStep: 1 },
      },
      { policyId: "p", stepsDone: 1 },
    ],
    [
      "what it had when it is over",
      {
        alert: incidentAlertOf("resolved"),
        incident: { ...told("P1", "s1"), escalationPolicyId: "p", escalationStep: 2 },
      },
      { policyId: "p", stepsDone: 2 },
    ],
    [
      "nothing without an incident",
      {
        alert: drift(),
        incident: null,
        policies: [policy("p", "s1")],
        rules: [rule("b", [], { escalationPolicyId: "p" })],
      },
      null,
    ],
    [
      "nothing without an incident when it is for nobody",
      { alert: drift(), incident: null, relation: "none" },
      null,
    ],
  ])("remembers of escalation %s", (_name, change, escalation) => {
    expect(routeAlert(given(change), t0).escalation).toEqual(escalation);
  });

  test("says until when it is muted", () => {
    const untilOf = (change: Partial<RouteInput>) =>
      routeAlert(given(change), t0).decisions.map(({ untilMs }) => untilMs);
    expect(untilOf({ incident: muted })).toEqual([t0 + HOUR_MS]);
    expect(untilOf({ maintenance: [window(t0 + HOUR_MS)] })).toEqual([t0 + HOUR_MS]);
    expect(untilOf({ alert: drift(), incident: null, releases: [release] })).toEqual([
      t0 + HOUR_MS + 5 * MINUTE_MS,
    ]);
    expect(untilOf({})).toEqual([null]);
  });
});

/** How something that was told goes on: past every mute, to who was told. */
const FOLLOWING: readonly IncidentNews[] = ["resolved", "acknowledged", "public-update", "together"];

describe("whatever a tenant has set up", () => {
  const ids = ["mail", "s1", "s2", "s3"];
  const anyInput: fc.Arbitrary<RouteInput> = fc
    .record({
      news: fc.constantFrom(...INCIDENT_NEWS),
      severity: fc.constantFrom("P1" as const, "P2" as const),
      sinks: fc.array(
        fc.record({
          id: fc.constantFrom(...ids),
          kind: fc.constantFrom("email" as const, "slack" as const),
          state: fc.constantFrom("verified" as const, "unverified" as const, "disabled" as const),
          isDefault: fc.boolean(),
          createdAtMs: fc.nat(5),
        }),
        { maxLength: 4 },
      ),
      rules: fc.array(
        fc.record({
          id: fc.constantFrom("r1", "r2", "r3"),
          sinkIds: fc.subarray([...ids, "gone"]),
          isEnabled: fc.boolean(),
          hours: fc.constantFrom(null, nights),
          position: fc.nat(3),
          severities: fc.subarray(["P1" as const, "P2" as const], { minLength: 1 }),
          escalationPolicyId: fc.constantFrom(null, "p"),
        }),
        { maxLength: 3 },
      ),
      toldIds: fc.subarray(ids),
      mutedUntilMs: fc.constantFrom(null, t0 + HOUR_MS),
      acknowledgedAtMs: fc.constantFrom(null, t0 - 1),
      isClustered: fc.boolean(),
      maintenance: fc.constantFrom([], [window(t0 + HOUR_MS)]),
      plan: fc.constantFrom(PLANS.public, PLANS.author, PLANS.team),
      relation: fc.constantFrom("owner" as const, "follower" as const, "none" as const),
    })
    .map((made) =>
      given({
        alert: incidentAlertOf(made.news, made.severity),
        sinks: [...new Map(made.sinks.map((one) => [one.id, one])).values()],
        rules: [
          ...new Map(made.rules.map(({ id, sinkIds, ...one }) => [id, rule(id, sinkIds, one)])).values(),
        ],
        policies: [policy("p", "s1", "s2", "s3")],
        maintenance: made.maintenance,
        plan: made.plan,
        relation: made.relation,
        incident: {
          ...told("P2", ...made.toldIds),
          pagedAtMs: made.toldIds.length === 0 ? null : t0 - MINUTE_MS,
          mutedUntilMs: made.mutedUntilMs,
          acknowledgedAtMs: made.acknowledgedAtMs,
          isClustered: made.isClustered,
        },
      }),
    );

  test("every sink is decided once, nobody is decided alone, and nothing unverified is ever sent to", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { decisions } = routeAlert(input, t0);
        const sinkIds = decisions.map(({ sinkId }) => sinkId);
        expect(new Set(sinkIds).size).toBe(sinkIds.length);
        expect(sinkIds.includes(null)).toBe(sinkIds.length === 1 && sinkIds[0] === null);
        for (const { verdict, sinkId } of decisions) {
          const state = input.sinks.find(({ id }) => id === sinkId)?.state;
          expect(verdict === "send" && state !== "verified").toBe(false);
        }
      }),
    );
  });

  test("the order of rules, sinks and earlier messages does not matter", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const bySink = (one: RouteInput) => {
          const { decisions, ...rest } = routeAlert(one, t0);
          return {
            ...rest,
            decisions: decisions.toSorted((a, b) => ((a.sinkId ?? "") < (b.sinkId ?? "") ? -1 : 1)),
          };
        };
        const turned = {
          ...input,
          rules: input.rules.toReversed(),
          sinks: input.sinks.toReversed(),
          incident: input.incident && { ...input.incident, told: input.incident.told.toReversed() },
        };
        expect(bySink(turned)).toEqual(bySink(input));
      }),
    );
  });

  test("a mute sends nothing new, and whoever was told hears the end", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { news } = input.alert.facts.kind === "incident" ? input.alert.facts : { news: null };
        const isMuted = (input.incident?.mutedUntilMs ?? 0) > t0 || input.maintenance.length > 0;
        const sent = routeAlert(input, t0).decisions.filter(({ verdict }) => verdict === "send");
        if (news === null || !FOLLOWING.includes(news)) {
          expect(isMuted && sent.length > 0).toBe(false);
        }
        if (news === "resolved" && input.relation !== "none" && input.plan !== PLANS.public) {
          const verified = input.sinks.filter(({ state }) => state === "verified").map(({ id }) => id);
          const expected = (input.incident?.told ?? []).filter(({ sinkId }) => verified.includes(sinkId));
          expect(sent).toHaveLength(expected.length);
        }
      }),
    );
  });

  test("a wake comes later, and only of incidents that go on", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { wakeAtMs, decisions } = routeAlert(input, t0);
        expect(wakeAtMs === null || wakeAtMs > t0).toBe(true);
        if (decisions.some(({ reason }) => reason === "muted-by-person" || reason === "maintenance")) {
          expect(wakeAtMs).not.toBeNull();
        }
      }),
    );
  });

  test("what was just sent is not sent again when nothing changed", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { decisions } = routeAlert(input, t0);
        const sent = decisions.filter(
          ({ verdict, event }) => verdict === "send" && event !== "incident.resolved",
        );
        const { severity } = input.alert;
        const again = given({
          ...input,
          alert: incidentAlertOf("still-open", severity === "P1" ? "P1" : "P2"),
          incident: input.incident && {
            ...input.incident,
            told: sent.flatMap(({ sinkId }) => (sinkId === null ? [] : [{ sinkId, severity }])),
          },
        });
        const sinkIds = new Set(sent.map(({ sinkId }) => sinkId));
        const repeated = routeAlert(again, t0).decisions.filter(
          ({ verdict, sinkId }) => verdict === "send" && sinkIds.has(sinkId),
        );
        expect(repeated).toEqual([]);
      }),
    );
  });
});

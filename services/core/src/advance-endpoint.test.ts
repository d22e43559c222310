import { describe, expect, test } from "vitest";
import {
  continueStory,
  lookResult,
  minuteEvent,
  REGIONS,
  SECOND_MS,
  type Story,
  slotResult,
  storyOf,
  T0,
} from "../test/endpoint-story.ts";
import type { EndpointPolicy } from "./endpoint-state-rules.ts";
import { MINUTE_MS, minuteOf } from "./pipeline.ts";
import type { CommittedState, ProbeState } from "./states.ts";

const M0 = minuteOf(T0);
type Said = Readonly<Record<string, ProbeState>>;
const all = (state: ProbeState): Said => Object.fromEntries(REGIONS.map((region) => [region, state]));

/** Opens at T0 by the first region, then answers both looks; every region answers every look unless left out. */
function confirm(
  story: Story,
  opener: ProbeState,
  looks: { look1: Said; look2: Said },
  shape: Parameters<typeof slotResult>[3] = {},
): void {
  const [first] = REGIONS;
  story.tell(slotResult(first, opener, T0, shape));
  story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
  for (const [region, said] of Object.entries(looks.look1)) {
    if (region !== first) {
      story.tell(lookResult({ confirmation: T0, n: 1 }, region, said, T0 + SECOND_MS));
    }
  }
  story.tell({ kind: "deadline", progressMs: T0 + 30 * SECOND_MS });
  for (const [region, said] of Object.entries(looks.look2)) {
    story.tell(lookResult({ confirmation: T0, n: 2 }, region, said, T0 + 30 * SECOND_MS));
  }
  story.tell({ kind: "deadline", progressMs: T0 + 46 * SECOND_MS });
}

describe("every pair of committed states", () => {
  const rows: {
    from: CommittedState;
    to: CommittedState;
    by: string;
    tell: (story: Story) => void;
  }[] = [
    {
      from: "unknown",
      to: "unknown",
      by: "no word",
      tell: (s) => s.tell(slotResult("eu-west", "unknown", T0)),
    },
    {
      from: "unknown",
      to: "up",
      by: "the first good result",
      tell: (s) => s.tell(slotResult("eu-west", "up", T0)),
    },
    {
      from: "unknown",
      to: "up",
      by: "a login wall",
      tell: (s) => s.tell(slotResult("eu-west", "auth_walled", T0)),
    },
    {
      from: "unknown",
      to: "up",
      by: "a degraded one",
      tell: (s) => s.tell(slotResult("eu-west", "degraded", T0)),
    },
    {
      from: "unknown",
      to: "unknown",
      by: "a lone failure",
      tell: (s) => confirm(s, "down", { look1: { "us-east": "unknown", "us-west": "unknown" }, look2: {} }),
    },
    {
      from: "unknown",
      to: "down",
      by: "both looks",
      tell: (s) => confirm(s, "down", { look1: all("down"), look2: all("down") }),
    },
    { from: "up", to: "up", by: "a good result", tell: (s) => s.tell(slotResult("eu-west", "up", T0)) },
    {
      from: "up",
      to: "up",
      by: "a blip",
      tell: (s) => confirm(s, "down", { look1: all("down"), look2: all("up") }),
    },
    {
      from: "up",
      to: "up",
      by: "an hour of unknown",
      tell: (s) => s.tell(minuteEvent(M0, "unknown", all("unknown"))),
    },
    {
      from: "up",
      to: "down",
      by: "both looks",
      tell: (s) => confirm(s, "down", { look1: all("down"), look2: all("down") }),
    },
    { from: "down", to: "down", by: "a bad result", tell: (s) => s.tell(slotResult("eu-west", "down", T0)) },
    {
      from: "down",
      to: "down",
      by: "one good look",
      tell: (s) => confirm(s, "up", { look1: all("up"), look2: all("down") }),
    },
    {
      from: "down",
      to: "down",
      by: "an hour of unknown",
      tell: (s) => s.tell(minuteEvent(M0, "unknown", all("unknown"))),
    },
    {
      from: "down",
      to: "up",
      by: "two good looks",
      tell: (s) => confirm(s, "up", { look1: all("up"), look2: all("up") }),
    },
    {
      from: "down",
      to: "up",
      by: "two looks that find it degraded or walled",
      tell: (s) => confirm(s, "degraded", { look1: all("auth_walled"), look2: all("degraded") }),
    },
  ];
  test.each(rows)("$from to $to by $by", ({ from, to, tell }) => {
    const story = storyOf(from);
    tell(story);
    expect(story.state().committed).toBe(to);
    expect(story.commits()).toEqual(from === to ? [] : [`${from} to ${to}`]);
    expect(story.state().confirmation).toBeNull();
  });
});

describe("quorum", () => {
  const rows: {
    name: string;
    policy?: Partial<EndpointPolicy>;
    look1: Said;
    look2: Said;
    isDown: boolean;
  }[] = [
    {
      name: "two of three say down",
      look1: { "us-east": "down", "us-west": "up" },
      look2: { "eu-west": "down", "us-east": "down", "us-west": "up" },
      isDown: true,
    },
    {
      name: "other two in the second look",
      look1: { "us-east": "down", "us-west": "up" },
      look2: { "eu-west": "up", "us-east": "down", "us-west": "down" },
      isDown: true,
    },
    { name: "one of three", look1: { "us-east": "up", "us-west": "up" }, look2: {}, isDown: false },
    {
      name: "one in the second look",
      look1: all("down"),
      look2: { ...all("up"), "eu-west": "down" },
      isDown: false,
    },
    {
      name: "the third region is missing",
      look1: { "us-east": "down" },
      look2: { "eu-west": "down", "us-east": "down" },
      isDown: true,
    },
    { name: "both others are missing", look1: {}, look2: {}, isDown: false },
    {
      name: "both others measured nothing",
      look1: { "us-east": "unknown", "us-west": "unknown" },
      look2: all("down"),
      isDown: false,
    },
    {
      name: "a single region",
      policy: { eligibleRegions: ["eu-west"] },
      look1: {},
      look2: { "eu-west": "down" },
      isDown: true,
    },
    {
      name: "the third failed its self-check",
      policy: { eligibleRegions: ["eu-west", "us-east"] },
      look1: { "us-east": "down", "us-west": "up" },
      look2: { "eu-west": "down", "us-east": "down", "us-west": "up" },
      isDown: true,
    },
    {
      name: "a region outside E cannot make the quorum",
      policy: { eligibleRegions: ["eu-west", "us-east"] },
      look1: { "us-east": "up", "us-west": "down" },
      look2: all("down"),
      isDown: false,
    },
  ];
  test.each(rows)("$name", ({ policy, look1, look2, isDown }) => {
    const story = storyOf("up", policy);
    confirm(story, "down", { look1, look2 });
    expect(story.commits()).toEqual(isDown ? ["up to down"] : []);
  });

  test("recovery needs two regions that see it and at most one that does not", () => {
    const lone = storyOf("down");
    confirm(lone, "up", { look1: { "us-east": "down", "us-west": "down" }, look2: all("up") });
    expect(lone.commits()).toEqual([]);
    const most = storyOf("down");
    confirm(most, "up", {
      look1: { "us-east": "up", "us-west": "down" },
      look2: { ...all("up"), "us-west": "down" },
    });
    expect(most.commits()).toEqual(["down to up"]);
  });

  test("with no region eligible nothing is decided, not even a first good result", () => {
    const story = storyOf("unknown", { eligibleRegions: [] });
    expect(story.tell(slotResult("eu-west", "up", T0)).reason).toBe("no-region-eligible");
    expect(story.tell(slotResult("eu-west", "down", T0)).reason).toBe("no-region-eligible");
    expect(story.actions).toEqual([]);
  });

  test("a region that may not vote is heard neither as opener nor in a look", () => {
    const story = storyOf("up", { eligibleRegions: ["us-east", "us-west"] });
    expect(story.tell(slotResult("eu-west", "down", T0)).reason).toBe("region-not-eligible");
    expect(story.state().confirmation).toBeNull();
  });

  test("when every region loses its vote during the looks, they end without a decision", () => {
    const opened = storyOf("up");
    opened.tell(slotResult("eu-west", "down", T0));
    opened.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    const blind = continueStory(opened.state(), { eligibleRegions: [] });
    expect(blind.tell({ kind: "deadline", progressMs: T0 + 10 * SECOND_MS }).reason).toBe("nothing-due");
    expect(blind.tell({ kind: "deadline", progressMs: T0 + 16 * SECOND_MS }).reason).toBe("too-few-answers");
  });
});

describe("opening", () => {
  test("the opening result is look 1's vote of its region; the others are asked at once", () => {
    const story = storyOf("up");
    const opened = story.tell(slotResult("us-east", "down", T0));
    expect(opened.reason).toBe("confirmation-opened");
    expect(opened.actions).toEqual([
      { kind: "set-confirming", confirmation: T0, look1Minute: M0, look2Minute: M0 },
      { kind: "gather", minute: M0, jobId: expect.stringMatching(/-\d+$/) },
    ]);
    const gathered = story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    expect(gathered.actions).toEqual([
      {
        kind: "probe-now",
        confirmation: T0,
        n: 1,
        regions: ["eu-west", "us-west"],
        notBeforeMs: T0 + SECOND_MS,
        minute: M0,
      },
    ]);
  });

  test("fresh results Redis had already are votes; a region still probing is awaited, not asked", () => {
    const story = storyOf("up");
    story.tell(slotResult("us-east", "down", T0));
    const { vote } = slotResult("us-west", "down", T0 + 10);
    const gathered = story.tell({
      kind: "gathered",
      votes: { "us-west": vote },
      inFlightRegions: ["eu-west"],
    });
    expect(gathered.actions).toEqual([]);
    expect(story.state().confirmation?.look1).toMatchObject({
      inFlightRegions: ["eu-west"],
      askedRegions: [],
    });
    story.tell(slotResult("eu-west", "down", T0 + 20, { tookMs: 4_000 }));
    expect(story.state().confirmation?.look1.outcome).toBe("confirmed");
  });

  test("look 1 of a single region waits for what Redis knows, like any other", () => {
    const story = storyOf("up", { eligibleRegions: ["eu-west"] });
    story.tell(slotResult("eu-west", "down", T0));
    expect(story.state().confirmation?.look1.outcome).toBeNull();
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    expect(story.state().confirmation?.look1.outcome).toBe("confirmed");
  });

  test("a result that started before the first disagreeing probe is no vote: its region is asked at once", () => {
    const story = storyOf("up");
    story.tell(slotResult("us-east", "down", T0));
    const { vote } = slotResult("us-west", "up", T0 - 1);
    const gathered = story.tell({
      kind: "gathered",
      votes: { "us-west": vote },
      inFlightRegions: ["eu-west"],
    });
    expect(gathered.actions).toMatchObject([{ regions: ["us-west"] }]);
    const stale = story.tell(slotResult("eu-west", "up", T0 - 5, { tookMs: 3_000 }));
    expect(stale.actions).toMatchObject([{ kind: "probe-now", n: 1, regions: ["eu-west"] }]);
    expect(story.tell(slotResult("eu-west", "up", T0 - 4, { tookMs: 3_100 })).actions).toEqual([]);
  });

  test.each([
    { confirmationPeriodMs: 0, look2AtMs: T0 + 100 },
    { confirmationPeriodMs: 30_000, look2AtMs: T0 + 30_000 },
    { confirmationPeriodMs: 600_000, look2AtMs: T0 + 600_000 },
  ])(
    "look 2 starts $confirmationPeriodMs ms after the first disagreeing probe",
    ({ confirmationPeriodMs, look2AtMs }) => {
      const story = storyOf("up", { confirmationPeriodMs });
      story.tell(slotResult("us-east", "down", T0));
      expect(story.state().confirmation?.look2.notBeforeMs).toBe(look2AtMs);
      story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] }, T0 + 100);
      for (const region of ["eu-west", "us-west"]) {
        story.tell(lookResult({ confirmation: T0, n: 1 }, region, "down", T0 + 200));
      }
      story.tell({ kind: "deadline", progressMs: look2AtMs });
      const asked = story.actions.filter((action) => action.kind === "probe-now" && action.n === 2);
      expect(asked).toEqual([
        {
          kind: "probe-now",
          confirmation: T0,
          n: 2,
          regions: REGIONS,
          notBeforeMs: look2AtMs,
          minute: minuteOf(look2AtMs),
        },
      ]);
    },
  );

  test("an endpoint that hangs is told late: look 2 is asked beside look 1, not after it", () => {
    const story = storyOf("up");
    const opened = story.tell(slotResult("us-east", "down", T0, { tookMs: 30_000, reason: "timeout" }));
    expect(opened.actions.map(({ kind }) => kind)).toEqual(["set-confirming", "gather", "probe-now"]);
    expect(story.state().confirmation?.look2.isAsked).toBe(true);
  });

  test("look 2 belongs to the minute of its not-before, look 1 to the minute of the probe that opened it", () => {
    const story = storyOf("up");
    const [setConfirming] = story.tell(slotResult("us-east", "down", T0 + 45 * SECOND_MS)).actions;
    expect(setConfirming).toMatchObject({ look1Minute: M0, look2Minute: M0 + 1 });
  });

  test("a result of 90 s ago opens nothing, but is where the span starts if the next one is confirmed", () => {
    const story = storyOf("up");
    const old = slotResult("eu-west", "down", T0 - 100 * SECOND_MS);
    expect(story.tell(old, T0 - 10 * SECOND_MS + 100).reason).toBe("result-too-old");
    confirm(story, "down", { look1: all("down"), look2: all("down") });
    expect(story.actions.find((action) => action.kind === "commit")).toMatchObject({
      sinceAtMs: T0 - 100 * SECOND_MS,
      confirmation: T0,
    });
  });

  test("at most 4 confirmations are opened in 10 minutes, and again after them", () => {
    const story = storyOf("up");
    const reasons = [0, 1, 2, 3, 4, 5].map((i) => {
      const startMs = T0 + i * MINUTE_MS;
      const { reason } = story.tell(slotResult("eu-west", "down", startMs));
      story.tell({ kind: "deadline", progressMs: startMs + 16 * SECOND_MS });
      return reason;
    });
    expect(reasons).toEqual([
      ...Array.from({ length: 4 }, () => "confirmation-opened"),
      "confirmations-exhausted",
      "confirmations-exhausted",
    ]);
    expect(story.tell(slotResult("eu-west", "down", T0 + 10 * MINUTE_MS + 200)).reason).toBe(
      "confirmation-opened",
    );
  });

  test("looks that may not be asked now leave the state alone and count for nothing; the next slot tries again", () => {
    const story = storyOf("up");
    story.tell(slotResult("us-east", "down", T0));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    const refused = story.tell({ kind: "looks-refused" });
    expect(refused.reason).toBe("looks-refused");
    expect(refused.actions).toEqual([{ kind: "clear-confirming" }, { kind: "seal-minute", minute: M0 }]);
    expect(story.state()).toMatchObject({ committed: "up", openedAtMs: [], confirmation: null });
    expect(story.tell(slotResult("us-east", "down", T0 + MINUTE_MS)).reason).toBe("confirmation-opened");
    expect(story.state().firstDisagreementMs).toBe(T0);
  });
});

describe("a region that was not confirmed", () => {
  const refuted = () => {
    const story = storyOf("up");
    confirm(story, "down", { look1: { "us-east": "up", "us-west": "up" }, look2: {} });
    return story;
  };

  test("opens no further confirmation for 10 minutes", () => {
    const story = refuted();
    expect(story.tell(slotResult("eu-west", "down", T0 + MINUTE_MS)).reason).toBe("region-muted");
    expect(story.tell(slotResult("eu-west", "down", T0 + 10 * MINUTE_MS)).reason).toBe("region-muted");
    expect(story.tell(slotResult("eu-west", "down", T0 + 11 * MINUTE_MS)).reason).toBe("confirmation-opened");
  });

  test("may open one as soon as it agreed once", () => {
    const story = refuted();
    story.tell(minuteEvent(M0 + 1, "up", all("up")));
    expect(story.tell(slotResult("eu-west", "down", T0 + 2 * MINUTE_MS)).reason).toBe("confirmation-opened");
  });

  test("does not keep another region from opening one, in which it votes", () => {
    const story = refuted();
    story.tell(slotResult("eu-west", "down", T0 + MINUTE_MS));
    expect(story.tell(slotResult("us-east", "down", T0 + MINUTE_MS + 5)).reason).toBe("confirmation-opened");
    const { vote } = slotResult("eu-west", "down", T0 + MINUTE_MS + 6);
    story.tell({ kind: "gathered", votes: { "eu-west": vote }, inFlightRegions: [] });
    expect(story.state().confirmation?.look1.votes["eu-west"]?.side).toBe("down");
  });

  test("is not muted when it took its word back in the second look", () => {
    const story = storyOf("up");
    confirm(story, "down", { look1: all("down"), look2: all("up") });
    expect(story.tell(slotResult("eu-west", "down", T0 + MINUTE_MS)).reason).toBe("confirmation-opened");
  });

  test("is not muted when too few answered to know", () => {
    const story = storyOf("up");
    confirm(story, "down", { look1: all("down"), look2: {} });
    expect(story.state().confirmation).toBeNull();
    expect(story.tell(slotResult("eu-west", "down", T0 + MINUTE_MS)).reason).toBe("confirmation-opened");
    expect(story.state().firstDisagreementMs).toBe(T0);
  });
});

describe("time-outs", () => {
  const look2 = (
    reason: "timeout" | "connection_timeout" | "http_error",
    opener: "timeout" | "http_error",
  ) => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0, { reason: opener }));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    for (const region of ["us-east", "us-west"]) {
      story.tell(lookResult({ confirmation: T0, n: 1 }, region, "down", T0 + 1, { reason: opener }));
    }
    story.tell({ kind: "deadline", progressMs: T0 + 30 * SECOND_MS });
    for (const region of REGIONS) {
      story.tell(lookResult({ confirmation: T0, n: 2 }, region, "down", T0 + 31_000, { reason }));
    }
    return story.commits();
  };
  test("a look that timed out says nothing when the disagreeing probe had not", () => {
    expect(look2("timeout", "http_error")).toEqual([]);
    expect(look2("connection_timeout", "http_error")).toEqual([]);
    expect(look2("http_error", "http_error")).toEqual(["up to down"]);
  });
  test("a look that timed out confirms a probe that did", () => {
    expect(look2("timeout", "timeout")).toEqual(["up to down"]);
  });
  test("a slot's probe had its whole budget: its time-out counts in look 1", () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: ["us-east", "us-west"] });
    story.tell(slotResult("us-east", "down", T0 + 1, { reason: "timeout", tookMs: 12_000 }));
    expect(story.state().confirmation?.look1.votes["us-east"]?.side).toBe("down");
  });
  test.each([
    { isSlow: false, closesAfterMs: 15_000 },
    { isSlow: true, closesAfterMs: 25_000 },
  ])("a look closes $closesAfterMs ms after its not-before (slow: $isSlow)", ({ isSlow, closesAfterMs }) => {
    const story = storyOf("up", { isSlow });
    story.tell(slotResult("eu-west", "down", T0));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    const openedAtMs = T0 + 100;
    expect(story.tell({ kind: "deadline", progressMs: openedAtMs + closesAfterMs - 1 }).reason).toBe(
      "nothing-due",
    );
    expect(story.tell({ kind: "deadline", progressMs: openedAtMs + closesAfterMs }).reason).toBe(
      "too-few-answers",
    );
  });
});

describe("late and repeated results", () => {
  test("a result read twice changes nothing and asks again only what is still open", () => {
    const story = storyOf("up");
    story.tell(slotResult("us-east", "down", T0));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    const before = story.state();
    const again = story.tell(slotResult("us-east", "down", T0));
    expect(again.next).toEqual(before);
    expect(again.actions).toMatchObject([
      { kind: "set-confirming", confirmation: T0 },
      { kind: "probe-now", n: 1, regions: ["eu-west", "us-west"], notBeforeMs: T0 + 100 },
    ]);
  });

  test("an answer to looks that are over opens nothing, whatever it says", () => {
    const story = storyOf("up");
    confirm(story, "down", { look1: all("down"), look2: all("up") });
    const late = lookResult({ confirmation: T0, n: 2 }, "us-west", "down", T0 + 47 * SECOND_MS);
    expect(story.tell(late).reason).toBe("late-look");
    expect(story.state().confirmation).toBeNull();
  });

  test("a vote that comes after its look closed does not reopen it", () => {
    const story = storyOf("up", { confirmationPeriodMs: 60_000 });
    story.tell(slotResult("eu-west", "down", T0));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    story.tell(lookResult({ confirmation: T0, n: 1 }, "us-east", "down", T0 + 1));
    story.tell({ kind: "deadline", progressMs: T0 + 16 * SECOND_MS });
    expect(story.state().confirmation?.look1.outcome).toBe("confirmed");
    story.tell(lookResult({ confirmation: T0, n: 1 }, "us-east", "up", T0 + 20 * SECOND_MS));
    expect(story.state().confirmation?.look1.votes["us-east"]?.side).toBe("down");
  });

  test("the same probe never opens a second confirmation", () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0));
    story.tell({ kind: "deadline", progressMs: T0 + 16 * SECOND_MS });
    expect(story.tell(slotResult("eu-west", "down", T0), T0 + 17 * SECOND_MS).reason).toBe(
      "result-seen-before",
    );
    const twin = slotResult("us-west", "down", T0, { tookMs: 17_000 });
    expect(story.tell(twin).reason).toBe("confirmation-repeated");
  });

  test("of two votes of a region the later observed counts, in either order", () => {
    const votes = [
      slotResult("us-east", "up", T0 + 10, { tookMs: 5_000 }),
      lookResult({ confirmation: T0, n: 1 }, "us-east", "down", T0 + 20),
    ];
    for (const order of [votes, votes.toReversed()]) {
      const story = storyOf("up");
      story.tell(slotResult("eu-west", "down", T0));
      story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
      for (const result of order) {
        story.tell(result, T0 + 6 * SECOND_MS);
      }
      expect(story.state().confirmation?.look1.votes["us-east"]?.side).toBe("not-down");
    }
  });

  test("a disagreeing vote that was told only with its minute opens a confirmation while it is fresh", () => {
    const votes = { ...all("up"), "us-west": "down" } as const;
    const fresh = storyOf("up");
    expect(fresh.tell(minuteEvent(M0, "degraded", votes)).reason).toBe("confirmation-opened");
    expect(fresh.tell(minuteEvent(M0, "degraded", votes)).actions).toEqual([]);
    const old = storyOf("up");
    old.tell(minuteEvent(M0, "degraded", votes), T0 + 5 * MINUTE_MS);
    expect(old.state().confirmation).toBeNull();
  });
});

describe("restart and backlog", () => {
  const opened = () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0));
    return story;
  };
  test("a new holder does again what may not have been done, at each step", () => {
    const story = opened();
    const kinds = () => story.tell({ kind: "resume" }, T0 + 2 * SECOND_MS).actions.map(({ kind }) => kind);
    expect(kinds()).toEqual(["set-confirming", "gather"]);
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    expect(kinds()).toEqual(["set-confirming", "probe-now"]);
    for (const region of ["us-east", "us-west"]) {
      story.tell(lookResult({ confirmation: T0, n: 1 }, region, "down", T0 + 1));
    }
    expect(kinds()).toEqual(["set-confirming"]);
    story.tell({ kind: "deadline", progressMs: T0 + 30 * SECOND_MS });
    expect(story.tell({ kind: "resume" }, T0 + 31 * SECOND_MS).actions).toMatchObject([
      { kind: "set-confirming" },
      { kind: "probe-now", n: 2, regions: REGIONS, notBeforeMs: T0 + 30 * SECOND_MS },
    ]);
    expect(story.tell({ kind: "resume" }, T0 + 61 * SECOND_MS).actions).toHaveLength(1);
  });
  test("a new holder clears what a finished confirmation may have left", () => {
    expect(storyOf("up").tell({ kind: "resume" })).toMatchObject({
      actions: [{ kind: "clear-confirming" }],
      reason: "nothing-due",
    });
  });
  test("looks close by the stream's time: a lagging router counts the votes that came in time", () => {
    const story = opened();
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    const nowMs = T0 + 25 * SECOND_MS;
    expect(story.tell({ kind: "deadline", progressMs: T0 + 5 * SECOND_MS }, nowMs).reason).toBe(
      "nothing-due",
    );
    for (const region of ["us-east", "us-west"]) {
      story.tell(lookResult({ confirmation: T0, n: 1 }, region, "down", T0 + 8 * SECOND_MS), nowMs);
    }
    expect(story.state().confirmation?.look1.outcome).toBe("confirmed");
  });
  test("a vote written after its look was due to close finds it closed, however late either is read", () => {
    const story = opened();
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    const late = lookResult({ confirmation: T0, n: 1 }, "us-east", "down", T0 + 16 * SECOND_MS);
    expect(story.tell(late, T0 + 40 * SECOND_MS).next.confirmation).toBeNull();
  });
  test("look 2 missed by more than 90 s is not asked: the next disagreeing result begins anew, from the first failure", () => {
    const story = opened();
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    for (const region of ["us-east", "us-west"]) {
      story.tell(lookResult({ confirmation: T0, n: 1 }, region, "down", T0 + 1));
    }
    const missed = story.tell({ kind: "deadline", progressMs: T0 + 2 * SECOND_MS }, T0 + 121 * SECOND_MS);
    expect(missed.reason).toBe("look-2-missed");
    expect(story.tell(slotResult("eu-west", "down", T0 + 122 * SECOND_MS)).reason).toBe(
      "confirmation-opened",
    );
    expect(story.state().firstDisagreementMs).toBe(T0);
  });
  test("look 2 waits for a region that may vote", () => {
    const story = opened();
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    for (const region of ["us-east", "us-west"]) {
      story.tell(lookResult({ confirmation: T0, n: 1 }, region, "down", T0 + 1));
    }
    const blind = continueStory(story.state(), { eligibleRegions: [] });
    expect(blind.tell({ kind: "deadline", progressMs: T0 + 31 * SECOND_MS }).reason).toBe(
      "no-region-eligible",
    );
    expect(
      continueStory(blind.state()).tell({ kind: "deadline", progressMs: T0 + 40 * SECOND_MS }).reason,
    ).toBe("look-2-asked");
  });
  test.each([
    { kind: "gathered", votes: {}, inFlightRegions: [] } as const,
    { kind: "looks-refused" } as const,
  ])("$kind without a confirmation is no news", (event) => {
    expect(storyOf("up").tell(event)).toMatchObject({ actions: [], reason: "nothing-due" });
  });
});

describe("what a commit does to the flags", () => {
  test("down ends degraded without a word of its own, and after the recovery it begins anew", () => {
    const story = storyOf("up");
    for (const n of [4, 3, 2]) {
      story.tell(minuteEvent(M0 - n, "degraded", {}));
    }
    expect(story.state().marks).toEqual(["degraded"]);
    confirm(story, "down", { look1: all("down"), look2: all("down") });
    expect(story.state()).toMatchObject({ committed: "down", marks: [] });
    story.tell(minuteEvent(M0, "down", {}));
    story.tell(slotResult("eu-west", "up", T0 + MINUTE_MS));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    for (const n of [1, 2] as const) {
      story.tell({ kind: "deadline", progressMs: T0 + MINUTE_MS + n * 15_000 });
      for (const region of REGIONS) {
        const look = { confirmation: T0 + MINUTE_MS, n };
        story.tell(lookResult(look, region, "up", T0 + MINUTE_MS + (n - 1) * 30_000 + 200));
      }
    }
    expect(story.state()).toMatchObject({ committed: "up", marks: [] });
    story.tell(minuteEvent(M0 + 1, "degraded", {}));
    story.tell(minuteEvent(M0 + 2, "degraded", {}));
    story.tell(minuteEvent(M0 + 3, "degraded", {}));
    expect(story.state().marks).toEqual([]);
    story.tell(minuteEvent(M0 + 4, "degraded", {}));
    expect(story.marks()).toEqual(["+degraded", "+degraded"]);
  });

  test("a first result behind a login wall is up and walled at once, which is no change", () => {
    const story = storyOf("unknown");
    story.tell(slotResult("eu-west", "auth_walled", T0, { reason: "auth_required" }));
    expect(story.state()).toMatchObject({ committed: "up", marks: ["auth_walled"] });
    expect(story.marks()).toEqual([]);
    story.tell(minuteEvent(M0, "up", {}));
    story.tell(minuteEvent(M0 + 1, "up", {}));
    expect(story.marks()).toEqual(["-auth_walled"]);
  });
});

describe("where a span starts", () => {
  test("an outage starts at its first failing probe and says the reason most regions gave", () => {
    const story = storyOf("up");
    confirm(story, "down", { look1: all("down"), look2: all("down") });
    expect(story.actions.find((action) => action.kind === "commit")).toEqual({
      kind: "commit",
      from: "up",
      to: "down",
      sinceAtMs: T0,
      decidedAtMs: T0 + 30 * SECOND_MS + 100,
      reason: "down-confirmed",
      failureReason: "connection_refused",
      confirmation: T0,
      regions: [...REGIONS],
    });
    expect(story.actions.slice(-2)).toEqual([
      { kind: "clear-confirming" },
      { kind: "seal-minute", minute: M0 },
    ]);
  });
  test("a good minute in between makes an earlier failure a matter of its own", () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0 - 5 * MINUTE_MS), T0);
    expect(story.state().firstDisagreementMs).toBe(T0 - 5 * MINUTE_MS);
    story.tell(minuteEvent(M0 - 4, "up", all("up")), T0);
    expect(story.state().firstDisagreementMs).toBeNull();
  });
  test("a minute sealed while looks are under way does not move the start", () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0 + SECOND_MS));
    story.tell(minuteEvent(M0, "up", { "us-east": "up" }, { writtenAtMs: T0 + 2 * SECOND_MS }));
    expect(story.state().firstDisagreementMs).toBe(T0 + SECOND_MS);
  });
  test("a good minute that ended before the failure says nothing of it", () => {
    const story = storyOf("up");
    story.tell(slotResult("eu-west", "down", T0), T0 + 2 * MINUTE_MS);
    story.tell(minuteEvent(M0 - 1, "up", all("up")), T0 + 2 * MINUTE_MS);
    expect(story.state().firstDisagreementMs).toBe(T0);
  });
  test("spans never overlap: a state that was hardly committed still gets its millisecond", () => {
    const story = storyOf("unknown");
    story.tell(slotResult("eu-west", "down", T0));
    story.tell({ kind: "gathered", votes: {}, inFlightRegions: [] });
    story.tell(lookResult({ confirmation: T0, n: 1 }, "us-east", "up", T0 + 900));
    expect(story.commits()).toEqual(["unknown to up"]);
    story.tell(lookResult({ confirmation: T0, n: 1 }, "us-west", "down", T0 + 900));
    story.tell({ kind: "deadline", progressMs: T0 + 30 * SECOND_MS });
    for (const region of REGIONS) {
      story.tell(lookResult({ confirmation: T0, n: 2 }, region, "down", T0 + 30 * SECOND_MS));
    }
    expect(story.state()).toMatchObject({ committed: "down", sinceAtMs: T0 + 901 });
  });
});

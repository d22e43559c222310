import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { minuteEvent, REGIONS, storyOf, T0 } from "../test/endpoint-story.ts";
import { EMPTY_MINUTES, foldMinutes, minuteFacts, rememberMinute } from "./endpoint-state-minutes.ts";
import { STATE_RULES } from "./endpoint-state-rules.ts";
import { MINUTE_MS, minuteOf } from "./pipeline.ts";
import type { ProbeState } from "./states.ts";

const M0 = minuteOf(T0);
const SHORT = { u: "up", d: "degraded", x: "down", a: "auth_walled", "?": "unknown" } as const;

/** Tells one verdict-minute per letter, `every` minutes apart; a space is a minute that does not exist. */
function tellMinutes(letters: string, every = 1) {
  const story = storyOf("up");
  [...letters].forEach((letter, i) => {
    if (letter !== " ") {
      const state = SHORT[letter as keyof typeof SHORT];
      // Votes are left out: here only what the minute as a whole says matters.
      story.tell(minuteEvent(M0 + i * every, state, {}, { reason: reasonOf(state) }));
    }
  });
  return story;
}
function reasonOf(state: ProbeState) {
  return state === "degraded" ? "http_error" : state === "auth_walled" ? "auth_required" : null;
}

describe("degraded and access", () => {
  test.each([
    { letters: "uudd", marks: [], why: "two degraded minutes are not three" },
    { letters: "uuddd", marks: ["+degraded"], why: "three are" },
    { letters: "uududdu", marks: [], why: "a good minute interrupts" },
    {
      letters: "uudd ?d",
      marks: ["+degraded"],
      why: "minutes that do not exist or that we failed to measure do not",
    },
    {
      letters: "uudxd",
      marks: ["+degraded"],
      why: "an unconfirmed bad minute is no better than a degraded one",
    },
    { letters: "dddu", marks: ["+degraded"], why: "one good minute does not clear it" },
    { letters: "ddduu", marks: ["+degraded", "-degraded"], why: "two do" },
    { letters: "dddudu", marks: ["+degraded"], why: "not with a bad one in between" },
    { letters: "ddduau", marks: ["+degraded", "-degraded"], why: "a login wall is not trouble" },
    { letters: "aa", marks: ["+auth_walled"], why: "the first telling minute says whether there is a wall" },
    { letters: "uua", marks: [], why: "one walled minute changes nothing" },
    { letters: "uuaa", marks: ["+auth_walled"], why: "two consecutive ones do" },
    { letters: "uuada", marks: [], why: "consecutive means with nothing in between" },
    { letters: "uua?a", marks: ["+auth_walled"], why: "unless we failed to measure" },
    { letters: "aauu", marks: ["+auth_walled", "-auth_walled"], why: "and back" },
    { letters: "???", marks: [], why: "nothing measured, nothing said" },
    { letters: "dd?", marks: [], why: "nor counted" },
  ])("$letters: $why", ({ letters, marks }) => {
    expect(tellMinutes(letters).marks()).toEqual(marks);
  });

  test("at a 15-min cadence the minutes that exist count, an hour apart or not", () => {
    expect(tellMinutes("uddd", 15).marks()).toEqual(["+degraded"]);
    expect(tellMinutes("uddd", 60).marks()).toEqual(["+degraded"]);
  });

  test("the first wall is known, the next one is a change, and each says why", () => {
    const reasons = (letters: string) =>
      tellMinutes(letters)
        .actions.filter((action) => action.kind === "mark")
        .map(({ reason, failureReason }) => [reason, failureReason]);
    expect(reasons("a")).toEqual([["access-known", "auth_required"]]);
    expect(reasons("uaauu")).toEqual([
      ["access-changed", "auth_required"],
      ["access-changed", null],
    ]);
    expect(reasons("dddaa")).toEqual([
      ["degraded-raised", "http_error"],
      ["access-known", "http_error"],
      ["degraded-cleared", null],
    ]);
  });

  test("down and back: degraded begins anew, the wall is remembered", () => {
    const story = tellMinutes("aaddd");
    expect(story.state().marks).toEqual(["auth_walled", "degraded"]);
    const { memory } = story.state();
    expect(foldMinutes(memory, STATE_RULES).degraded.isOn).toBe(true);
  });
});

describe("regional warning", () => {
  const alone = {
    ...Object.fromEntries(REGIONS.map((region) => [region, "up"])),
    "us-west": "down",
  } as Record<string, ProbeState>;
  const good = Object.fromEntries(REGIONS.map((region) => [region, "up"])) as Record<string, ProbeState>;
  const tell = (minutes: readonly Record<string, ProbeState>[]) => {
    const story = storyOf("up");
    for (const [i, votes] of minutes.entries()) {
      story.tell(minuteEvent(M0 + i, "up", votes));
    }
    return story.marks().filter((mark) => mark.includes("regional"));
  };
  test("is raised when one region fails alone in three minutes and cleared after two", () => {
    expect(tell([alone, alone])).toEqual([]);
    expect(tell([alone, alone, alone, good])).toEqual(["+regional:us-west"]);
    expect(tell([alone, alone, alone, good, good])).toEqual(["+regional:us-west", "-regional:us-west"]);
  });
  test("is not raised when two regions fail, nor when nobody else answered", () => {
    const two = { ...alone, "eu-west": "down" } as const;
    const lone = { "us-west": "down", "eu-west": "unknown" } as const;
    expect(tell([two, two, two, two])).toEqual([]);
    expect(tell([lone, lone, lone, lone])).toEqual([]);
    expect(tell([alone, lone, alone, lone, alone])).toEqual(["+regional:us-west"]);
  });
});

describe("latency warning", () => {
  const tell = (latencies: readonly (number | null)[], baselineLatencyMsP95: number | null = 200) => {
    const story = storyOf("up", { baselineLatencyMsP95 });
    for (const [i, latencyMs] of latencies.entries()) {
      story.tell(minuteEvent(M0 + i, "up", {}, { latencyMs }));
    }
    return story.marks();
  };
  test.each([
    {
      name: "three minutes above three times the 7-day p95",
      latencies: [601, 601, 601],
      marks: ["+latency"],
    },
    { name: "exactly three times is not above", latencies: [600, 600, 600], marks: [] },
    { name: "one normal minute in between", latencies: [900, 900, 100, 900], marks: [] },
    {
      name: "a minute without a latency neither counts nor interrupts",
      latencies: [900, 900, null, 900],
      marks: ["+latency"],
    },
    {
      name: "two normal minutes clear it",
      latencies: [900, 900, 900, 100, 100],
      marks: ["+latency", "-latency"],
    },
  ])("$name", ({ latencies, marks }) => {
    expect(tell(latencies)).toEqual(marks);
  });
  test("without a baseline nothing is slow", () => {
    expect(tell([9_000, 9_000, 9_000], null)).toEqual([]);
  });
});

describe("error rate", () => {
  const region = (failed: boolean): Record<string, ProbeState> => ({
    "eu-west": failed ? "down" : "up",
    "us-east": "up",
    "us-west": "up",
  });
  const tell = (isFailed: (i: number) => boolean, minutes: number) => {
    const story = storyOf("up");
    for (let i = 0; i < minutes; i += 1) {
      story.tell(minuteEvent(M0 + i, "up", region(isFailed(i))), T0 + 10 * MINUTE_MS + i * MINUTE_MS);
    }
    return story;
  };
  const rateMarks = (story: ReturnType<typeof tell>) =>
    story.marks().filter((mark) => mark.includes("error_rate"));
  test("five failures in half an hour, above 5 %, raise it", () => {
    expect(rateMarks(tell((i) => i % 6 === 0, 24))).toEqual([]);
    expect(rateMarks(tell((i) => i % 6 === 0, 25))).toEqual(["+error_rate_elevated"]);
  });
  test("the rate is over the results there are, and stays elevated between 1 % and 5 %", () => {
    const story = storyOf("up");
    for (let i = 0; i < 30; i += 1) {
      const votes = Object.fromEntries(
        ["a1", "b1", "c1", "d1", "e1"].map((r) => [r, i < 5 && r === "a1" ? "down" : "up"]),
      );
      story.tell(minuteEvent(M0 + i, "up", votes as Record<string, ProbeState>));
    }
    // 5 of 25 in the fifth minute, 5 of 150 in the thirtieth.
    expect(rateMarks(story)).toEqual(["+error_rate_elevated"]);
  });
  test("half an hour under 1 % clears it", () => {
    const story = tell((i) => i < 5, 35);
    expect(rateMarks(story)).toEqual(["+error_rate_elevated", "-error_rate_elevated"]);
    const clearedAtMs = story.actions.findLast((action) => action.kind === "mark")?.atMs;
    expect(clearedAtMs).toBe((M0 + 34) * MINUTE_MS + 41_000);
  });
  // One letter a minute, after five failing ones: "u" answered well, "?" nobody answered, " " no such minute.
  test.each([
    { after: "?".repeat(40), cleared: false, why: "silence is not health" },
    { after: `${" ".repeat(60)}?`, cleared: false, why: "nor is a gap with nothing after it" },
    {
      after: `${"u".repeat(10)}${"?".repeat(40)}`,
      cleared: true,
      why: "the good answers were the last ones left",
    },
    { after: `${"?".repeat(40)}u`, cleared: true, why: "the only answers of the half hour are good" },
    { after: `${"?".repeat(20)}u`, cleared: false, why: "the failures are still within the half hour" },
    { after: "u".repeat(30), cleared: true, why: "half an hour of good answers" },
  ])("after an elevated rate, cleared is $cleared: $why", ({ after, cleared }) => {
    const story = tell(() => true, 5);
    [...after].forEach((letter, i) => {
      if (letter !== " ") {
        const votes = letter === "u" ? region(false) : {};
        story.tell(minuteEvent(M0 + 5 + i, letter === "u" ? "up" : "unknown", votes));
      }
    });
    const raised = "+error_rate_elevated";
    expect(rateMarks(story)).toEqual(cleared ? [raised, "-error_rate_elevated"] : [raised]);
  });
});

test("an elevated error rate clears with a failure or two left, under 1 % of the results", () => {
  const story = storyOf("up");
  const regions = ["a1", "b1", "c1", "d1", "e1"];
  for (let i = 0; i < 36; i += 1) {
    const isFailed = i < 5 || i === 20;
    const votes = Object.fromEntries(regions.map((r) => [r, isFailed && r === "a1" ? "down" : "up"]));
    story.tell(minuteEvent(M0 + i, "up", votes as Record<string, ProbeState>));
  }
  // The last window holds one failure in 150 results.
  expect(story.marks().filter((mark) => mark.includes("error"))).toEqual([
    "+error_rate_elevated",
    "-error_rate_elevated",
  ]);
});

describe("late and corrected minutes", () => {
  test("a correction amends what the minute said", () => {
    const story = tellMinutes("uddd");
    expect(story.state().marks).toEqual(["degraded"]);
    const corrected = story.tell(minuteEvent(M0 + 2, "up", {}, { revision: 2 }));
    expect(corrected.reason).toBe("minute-amended");
    expect(story.state().marks).toEqual([]);
  });
  test("a minute that comes late counts where it belongs", () => {
    const story = tellMinutes("ud d");
    expect(story.state().marks).toEqual([]);
    story.tell(minuteEvent(M0 + 2, "degraded", {}));
    expect(story.state().marks).toEqual(["degraded"]);
  });
  test.each([
    { name: "the same revision again", minute: 2, revision: 1, reason: "minute-seen-before" },
    { name: "an older revision", minute: 2, revision: 0, reason: "minute-seen-before" },
    {
      name: "a minute before all others, while none is folded away",
      minute: -40,
      revision: 1,
      reason: "minute-counted",
    },
  ])("$name: $reason", ({ minute, revision, reason }) => {
    expect(tellMinutes("uuuu").tell(minuteEvent(M0 + minute, "down", {}, { revision })).reason).toBe(reason);
  });
  test("what was folded away can no longer be amended", () => {
    const story = tellMinutes("u".repeat(40));
    expect(story.state().memory.minutes).toHaveLength(30);
    expect(story.tell(minuteEvent(M0 + 9, "down", {}, { revision: 2 })).reason).toBe("minute-too-old");
  });
  test("the order of arrival does not matter while nothing is folded away", () => {
    const letters = fc.array(
      fc.constantFrom<ProbeState>("up", "degraded", "down", "auth_walled", "unknown"),
      {
        minLength: 1,
        maxLength: 25,
      },
    );
    const shuffled = letters.chain((states) =>
      fc.tuple(fc.constant(states), fc.shuffledSubarray([...states.keys()], { minLength: states.length })),
    );
    fc.assert(
      fc.property(shuffled, ([states, order]) => {
        const foldIn = (indices: readonly number[]) =>
          indices.reduce((memory, i) => {
            const event = minuteEvent(M0 + i, states[i] ?? "up", {});
            return rememberMinute(memory, minuteFacts(event, null, STATE_RULES), STATE_RULES).next;
          }, EMPTY_MINUTES);
        const inOrder = foldMinutes(foldIn([...states.keys()]), STATE_RULES);
        expect(foldMinutes(foldIn(order), STATE_RULES)).toEqual(inOrder);
        expect(foldMinutes(foldIn([...order, ...order]), STATE_RULES)).toEqual(inOrder);
      }),
    );
  });
});

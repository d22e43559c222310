import { expect, test } from "vitest";
import { type RegionMinute, suspectRegion } from "./suspect-region.ts";

const said = (answered: number, down = 0, turnedDown = 0): RegionMinute => ({ answered, down, turnedDown });
const good = { "eu-west": said(20), "us-east": said(20), "us-west": said(20) };

test.each([
  { name: "all is well", now: good, before: good, reason: "inconspicuous" },
  {
    name: "half of 20 turned down: not more than half",
    now: { ...good, "eu-west": said(20, 10, 10) },
    before: good,
    reason: "inconspicuous",
  },
  {
    name: "11 of 20 turned down in one region",
    now: { ...good, "eu-west": said(15, 11, 11) },
    before: good,
    reason: "turned-down-alone",
  },
  {
    name: "11 of 20 were down before",
    now: { ...good, "eu-west": said(20, 11, 0) },
    before: { ...good, "eu-west": said(20, 11) },
    reason: "inconspicuous",
  },
  {
    name: "two regions see it",
    now: { ...good, "eu-west": said(20, 15, 15), "us-east": said(20, 12, 12) },
    before: good,
    reason: "seen-elsewhere",
  },
  {
    name: "the other region saw it a minute ago",
    now: { ...good, "eu-west": said(20, 15, 15) },
    before: { ...good, "us-east": said(20, 15, 15) },
    reason: "seen-elsewhere",
  },
  {
    name: "four endpoints are too few",
    now: { "eu-west": said(4, 4, 4) },
    before: { "eu-west": said(4) },
    reason: "too-few-endpoints",
  },
  { name: "a region nobody heard of", now: {}, before: {}, reason: "too-few-endpoints" },
  {
    name: "alone in its installation",
    now: { "eu-west": said(20, 15, 15) },
    before: { "eu-west": said(20) },
    reason: "turned-down-alone",
  },
  {
    name: "the minute after",
    wasSuspected: true,
    now: {},
    before: { ...good, "eu-west": said(20, 15, 15) },
    reason: "turned-down-alone",
  },
  {
    name: "nobody suspected it when it turned",
    now: {},
    before: { ...good, "eu-west": said(20, 15, 15) },
    reason: "inconspicuous",
  },
  {
    name: "still mostly down, others are not",
    wasSuspected: true,
    now: good,
    before: { ...good, "eu-west": said(20, 15) },
    reason: "still-down-alone",
  },
  {
    name: "still mostly down, but so are the others",
    wasSuspected: true,
    now: good,
    before: { "eu-west": said(20, 15), "us-east": said(20, 15), "us-west": said(0) },
    reason: "inconspicuous",
  },
  {
    name: "still mostly down, nobody to contradict",
    wasSuspected: true,
    now: {},
    before: { "eu-west": said(20, 15) },
    reason: "inconspicuous",
  },
  { name: "recovered", wasSuspected: true, now: good, before: good, reason: "inconspicuous" },
  {
    name: "silent for a whole minute",
    wasSuspected: true,
    now: { "eu-west": said(20) },
    before: {},
    reason: "inconspicuous",
  },
] as const)("$name: $reason", ({ now, before, reason, ...rest }) => {
  const verdict = suspectRegion("eu-west", { now, before, wasSuspected: "wasSuspected" in rest });
  expect(verdict).toEqual({ isSuspected: reason.endsWith("alone"), reason });
});

import type { Html } from "@alivemcp/pages/figures";
import { html } from "hono/html";
import { selectField } from "../endpoints/fields.ts";
import type { FormProblems } from "../forms/read-form.ts";

/** What the running Node knows; a zone that somebody stored and that is gone stays choosable. */
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** A time zone by its IANA name; a browser jumps to it by typing. */
export const zoneField = (zone: string, problems: FormProblems): Html =>
  html`${selectField(
    {
      name: "zone",
      label: "Time zone",
      value: zone === "" ? "UTC" : zone,
      options: (ZONES.includes(zone) || zone === "" ? ZONES : [zone, ...ZONES]).map(
        (name) => [name, name.replaceAll("_", " ")] as const,
      ),
    },
    onlyOf("zone", problems),
  )}`;

const onlyOf = (name: string, problems: FormProblems) => {
  const problem = problems[name];
  return problem === undefined ? {} : { [name]: problem };
};

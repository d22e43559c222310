import { AppError } from "@alivemcp/core/app-error";
import type { SinkKind } from "@alivemcp/core/sink-kind";
import type { SetupWay } from "@alivemcp/sinks/sink-setup";
import { SINK_SETUPS } from "@alivemcp/sinks/sink-setups";
import type { Deps } from "../deps.ts";
import { postedText } from "../forms/read-form.ts";
import { type FormRefusal, refusalOf } from "../forms/refusal-of.ts";
import type { WebContext } from "../web-env.ts";
import { NAME_FIELD, WAY_FIELD } from "./set-up-view.ts";

export interface PostedSettings {
  readonly way: SetupWay;
  readonly name: string;
  /** By the names of the way's fields. */
  readonly entered: Readonly<Record<string, string>>;
}

type Given = Pick<Deps, "slackApp" | "config">;

const HAS: Readonly<Record<NonNullable<SetupWay["needs"]>, (given: Given) => boolean>> = {
  "slack-app": ({ slackApp }) => slackApp !== null,
  "telegram-bot": ({ config }) => config.TELEGRAM_BOT_NAME !== undefined,
};

/** Ways that ask for nothing which the installation was not given. */
export const waysOf = (given: Given, kind: SinkKind): readonly SetupWay[] =>
  SINK_SETUPS[kind].ways.filter(({ needs }) => needs === null || HAS[needs](given));

/** Those of them whose settings are typed in: with the others the vendor adds a sink of its own. */
export const formWaysOf = (deps: Given, kind: SinkKind): readonly SetupWay[] =>
  waysOf(deps, kind).filter(({ by }) => by === "form");

/** What was posted from a set-up page. Throws `invalid` for a way that is not offered. */
export async function postedSettings(deps: Given, c: WebContext, kind: SinkKind): Promise<PostedSettings> {
  const id = await postedText(c, WAY_FIELD);
  const way = formWaysOf(deps, kind).find((one) => one.id === id);
  if (way === undefined) {
    throw new AppError({
      code: "invalid",
      internal: "no such way to set a sink up",
      public: "Choose one of the ways on the page.",
    });
  }
  const pairs = await Promise.all(
    way.fields.map(async ({ name }) => [name, await postedText(c, name)] as const),
  );
  return { way, name: await postedText(c, NAME_FIELD), entered: Object.fromEntries(pairs) };
}

/** What a verb refused, beside the field of the form that the setting was typed into. */
export function settingsRefusal(err: unknown, kind: SinkKind): FormRefusal {
  const names = SINK_SETUPS[kind].ways.flatMap(({ fields }) => fields.map(({ name }) => name));
  const { problems, status } = refusalOf(
    err,
    names.map((name) => `settings.${name}`),
  );
  const renamed = Object.entries(problems).map(([field, sentence]) => [
    field.replace("settings.", ""),
    sentence,
  ]);
  return { problems: Object.fromEntries(renamed), status };
}

/** What a person is told who sets a sink up: data, so that dashboard, terminal and README say the same. Plain text. */
import type { SinkKind } from "@alivemcp/core/sink-kind";

export interface SetupField {
  /** Name in the settings. */
  readonly name: string;
  readonly label: string;
  readonly help: string;
  /** `secret` is never shown again. */
  readonly type: "text" | "url" | "email" | "secret" | "select";
  readonly isRequired: boolean;
  readonly placeholder: string;
  /** Of a `select`; the first is preset. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export interface SetupWay {
  readonly id: string;
  readonly label: string;
  /** In order. */
  readonly steps: readonly string[];
  readonly fields: readonly SetupField[];
  /** Goes into the settings beside the fields. */
  readonly fixed: Readonly<Record<string, string>>;
  /** `form`: the fields are posted. `install`: a button leads to the vendor, who sends the person back with the settings. */
  readonly by: "form" | "install";
  /** What the installation must have been given, else this way is not offered. */
  readonly needs: "slack-app" | "telegram-bot" | null;
}

export interface SinkSetup {
  readonly kind: SinkKind;
  /** What arrives there, and what becomes of it later. */
  readonly intro: string;
  /** The best first. */
  readonly ways: readonly SetupWay[];
  /** How it is proven to be theirs. */
  readonly proof: string;
}

/** Settings as the kind's schema reads them: blanks around values dropped, empty fields left out, nothing else let in. */
export function settingsFromForm(
  way: SetupWay,
  entered: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const settings: Record<string, string> = { ...way.fixed };
  for (const { name } of way.fields) {
    const value = entered[name]?.trim() ?? "";
    if (value !== "") {
      settings[name] = value;
    }
  }
  return settings;
}

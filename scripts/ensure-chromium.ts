import { existsSync } from "node:fs";
import { installPackage } from "./services/apt-get.ts";

export interface Chromium {
  readonly isThere: boolean;
  /** In CI a missing browser is a failure, not a reason to skip. */
  readonly isMissingInCi: boolean;
  readonly message: string;
}

/** Where the browser tests look for it. */
export const CHROMIUM_PATH = "/usr/bin/chromium";

/** Installs Chromium with apt-get when it is missing and we are root; otherwise says what is lost without it. */
export function ensureChromium(say: (line: string) => void): Chromium {
  const isCi = Boolean(process.env.CI);
  let trouble = "";
  if (!existsSync(CHROMIUM_PATH) && process.getuid?.() === 0) {
    say("Installing chromium with apt-get for the browser tests …");
    trouble = installPackage("chromium");
  }
  const isThere = existsSync(CHROMIUM_PATH);
  return {
    isThere,
    isMissingInCi: isCi && !isThere,
    message: `There is no ${CHROMIUM_PATH}: browser tests ${isCi ? "could not run" : "were skipped"} (sudo apt-get install chromium). ${trouble}`,
  };
}

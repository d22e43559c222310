/** Most specific first: Edge and Opera also call themselves Chrome, Chrome also Safari. */
const BROWSERS = [
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|CriOS|Chromium)\//],
  ["Safari", /\bSafari\//],
] as const;
const SYSTEMS = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
] as const;

/** What a browser calls itself in words of its owner: `Firefox on Windows`; "Unknown device" for what says neither. */
export function deviceName(userAgent: string | null): string {
  const found = (list: readonly (readonly [string, RegExp])[]) =>
    list.find(([, pattern]) => pattern.test(userAgent ?? ""))?.[0];
  const browser = found(BROWSERS);
  const system = found(SYSTEMS);
  return [browser, system].filter((part) => part !== undefined).join(" on ") || "Unknown device";
}

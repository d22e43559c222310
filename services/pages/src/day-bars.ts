import { html } from "hono/html";
import { dayText, type Html, percentText, spanText } from "./figures.ts";
import type { DayBar } from "./to-day-bars.ts";

const BAR_WIDTH = 8;
const BAR_PITCH = 10;
const HEIGHT = 40;

/**
 * Ninety days as bars. The coloured foot of a bar is as tall as the bad share of its day (at least a tenth, so that
 * one bad minute shows), down below degraded; days without measurement are short and grey. The same figures stand in a
 * table for who does not see the picture.
 */
export function dayBars(days: readonly DayBar[]): Html {
  const measured = days.filter((day) => day.kind === "measured");
  const bad = measured.filter((day) => day.downMinutes + day.degradedMinutes > 0);
  const summary =
    measured.length === 0
      ? "No day has been summed up yet; the first sums come within ten minutes."
      : `${measured.length} of ${days.length} days measured, ${bad.length === 0 ? "none with trouble" : `${bad.length} with trouble`}.`;
  return html`<figure class="days">
<svg viewBox="0 0 ${days.length * BAR_PITCH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summary}">${days.map(bar)}</svg>
<figcaption><span>${days[0] ? dayText(days[0].dayAtMs) : ""}</span><span>${summary}</span><span>Today</span></figcaption>
</figure>
<details id="days-figures"><summary>Days in figures</summary>
<table class="plain"><thead><tr><th scope="col">Day (UTC)</th><th scope="col" class="number">Uptime</th><th scope="col" class="number">Down</th><th scope="col" class="number">Degraded</th><th scope="col" class="number">Not measured</th></tr></thead>
<tbody>${measured.length === 0 ? html`<tr><td colspan="5">Nothing yet.</td></tr>` : measured.toReversed().map(dayRow)}</tbody></table></details>`;
}

function bar(day: DayBar, index: number): Html {
  const x = index * BAR_PITCH + 1;
  if (day.kind !== "measured") {
    const words = day.kind === "before" ? "not watched yet" : "not measured";
    return html`<g><title>${dayText(day.dayAtMs)}: ${words}</title><rect class="bar-none" x="${x}" y="${HEIGHT - 6}" width="${BAR_WIDTH}" height="6"/></g>`;
  }
  const down = footHeight(day.downMinutes / day.countedMinutes);
  const degraded = Math.min(HEIGHT - down, footHeight(day.degradedMinutes / day.countedMinutes));
  return html`<g><title>${dayTitle(day)}</title><rect class="bar-live" x="${x}" y="0" width="${BAR_WIDTH}" height="${HEIGHT}"/>${
    degraded > 0
      ? html`<rect class="bar-degraded" x="${x}" y="${HEIGHT - down - degraded}" width="${BAR_WIDTH}" height="${degraded}"/>`
      : ""
  }${down > 0 ? html`<rect class="bar-down" x="${x}" y="${HEIGHT - down}" width="${BAR_WIDTH}" height="${down}"/>` : ""}</g>`;
}

type MeasuredDay = Extract<DayBar, { kind: "measured" }>;

/** Height of the bad part of a bar for a share 0–1. */
function footHeight(share: number): number {
  return share === 0 ? 0 : Math.round(Math.max(HEIGHT * 0.12, share * HEIGHT) * 10) / 10;
}

function dayTitle(day: MeasuredDay): string {
  const parts = [`uptime ${percentText(day.uptimeRatio)}`];
  if (day.downMinutes > 0) {
    parts.push(`down ${minutesText(day.downMinutes)}`);
  }
  if (day.degradedMinutes > 0) {
    parts.push(`degraded ${minutesText(day.degradedMinutes)}`);
  }
  return `${dayText(day.dayAtMs)}: ${parts.join(", ")}`;
}

function dayRow(day: MeasuredDay): Html {
  return html`<tr><th scope="row">${dayText(day.dayAtMs)}</th><td class="number">${percentText(day.uptimeRatio)}</td><td class="number">${minutesText(day.downMinutes)}</td><td class="number">${minutesText(day.degradedMinutes)}</td><td class="number">${minutesText(day.unknownMinutes)}</td></tr>`;
}

const minutesText = (minutes: number) => (minutes === 0 ? "–" : spanText(minutes * 60_000));

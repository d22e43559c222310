/** How figures and times are written on every page. All times are UTC and say so. */
import { floorPercent } from "@alivemcp/core/public-embed";
import { html } from "hono/html";

export type Html = ReturnType<typeof html>;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** `99.98 %`, floored; a dash while the window holds no measured minute. */
export function percentText(ratio: number | null): string {
  const percent = floorPercent(ratio);
  return percent === null ? "–" : `${percent} %`;
}

/** `182 ms`, `1.2 s`, `< 1 ms`; a dash when nothing was measured. */
export function latencyText(latencyMs: number | null): string {
  if (latencyMs === null) {
    return "–";
  }
  if (latencyMs > 0 && latencyMs < 1) {
    return "< 1 ms";
  }
  return latencyMs < SECOND_MS ? `${Math.round(latencyMs)} ms` : `${(latencyMs / SECOND_MS).toFixed(1)} s`;
}

/** A span in its two largest units: `45 s`, `12 min`, `2 h 14 min`, `3 d 4 h`. Negative spans read as zero. */
export function spanText(spanMs: number): string {
  const span = Math.max(0, spanMs);
  if (span < MINUTE_MS) {
    return `${Math.floor(span / SECOND_MS)} s`;
  }
  if (span < HOUR_MS) {
    return `${Math.floor(span / MINUTE_MS)} min`;
  }
  if (span < DAY_MS) {
    return twoUnits(span, HOUR_MS, "h", MINUTE_MS, "min");
  }
  return twoUnits(span, DAY_MS, "d", HOUR_MS, "h");
}

function twoUnits(spanMs: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((spanMs % bigMs) / smallMs);
  return `${Math.floor(spanMs / bigMs)} ${big}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/** `2026-11-20 12:00:05 UTC`. */
export function utcText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `12:00` of the day in UTC. */
export function clockText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 16);
}

/** `20 Nov 2026`. */
export function dayText(atMs: number): string {
  const at = new Date(atMs);
  return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `34 s ago`, with the exact instant for machines and as a tooltip. */
export function agoTime(atMs: number, nowMs: number): Html {
  return html`<time datetime="${new Date(atMs).toISOString()}" title="${utcText(atMs)}">${spanText(nowMs - atMs)} ago</time>`;
}

/** The exact instant, with how long ago as a tooltip. */
export function exactTime(atMs: number, nowMs: number): Html {
  return html`<time datetime="${new Date(atMs).toISOString()}" title="${spanText(nowMs - atMs)} ago">${utcText(atMs)}</time>`;
}

/** `every 60 s`, `every 15 min`, `every hour`. */
export function cadenceText(cadenceMs: number): string {
  if (cadenceMs === HOUR_MS) {
    return "every hour";
  }
  return `every ${cadenceMs <= MINUTE_MS ? `${Math.round(cadenceMs / SECOND_MS)} s` : spanText(cadenceMs)}`;
}

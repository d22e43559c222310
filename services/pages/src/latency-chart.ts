import { html } from "hono/html";
import { clockText, type Html, latencyText } from "./figures.ts";
import type { LatencyBucket } from "./to-latency-buckets.ts";

const WIDTH = 960;
const HEIGHT = 160;

/** What is usual: median and 95th percentile of the days before. */
interface LatencyBaseline {
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
}

/**
 * Response times of the last 24 hours: the median as a line, the slowest minute of each bucket as a band above it,
 * outages as hatched ground, the seven days before as a level band where they are known. Axes are HTML beside the
 * picture, so they stay readable when it shrinks; the same figures stand in an hourly table.
 */
export function latencyChart(
  buckets: readonly LatencyBucket[],
  baseline: LatencyBaseline | null = null,
): Html {
  const measured = buckets.filter((bucket) => bucket.medianMs !== null);
  if (measured.length === 0) {
    return html`<p class="faint">No response time has been measured in the last 24 hours.</p>`;
  }
  const topMs = roundUp(
    Math.max(baseline?.latencyMsP95 ?? 0, ...measured.map((bucket) => bucket.slowestMs ?? 0)),
  );
  const slowest = measured.reduce((a, b) => ((b.slowestMs ?? 0) > (a.slowestMs ?? 0) ? b : a));
  const downBuckets = buckets.filter((bucket) => bucket.isDown).length;
  const summary = `Response time over 24 hours: between ${latencyText(Math.min(...measured.map((bucket) => bucket.medianMs ?? 0)))} and ${latencyText(Math.max(...measured.map((bucket) => bucket.medianMs ?? 0)))} in the median, slowest ${latencyText(slowest.slowestMs)} around ${clockText(slowest.fromMs)} UTC${downBuckets > 0 ? ", with outages" : ""}.`;
  const scale: Scale = {
    x: (index) => round((index / buckets.length) * WIDTH),
    y: (ms) => round(HEIGHT - (ms / topMs) * HEIGHT),
  };
  return html`<figure class="chart"><div class="plot">
<div class="y-axis" aria-hidden="true"><span>${latencyText(topMs)}</span><span>${latencyText(topMs / 2)}</span><span>0</span></div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${summary}">
<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="3" height="8"/></pattern></defs>
<path class="grid" d="M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}"/>
${baseline === null ? "" : baselineBand(baseline, scale)}${downs(buckets, scale)}
${runs(buckets).map((run) => html`<path class="band" d="${bandPath(run, buckets, scale)}"/><path class="median" d="${linePath(run, buckets, scale)}"/>`)}
</svg>
<div class="x-axis" aria-hidden="true">${[0, 0.25, 0.5, 0.75].map((share) => html`<span>${clockText(buckets[Math.floor(share * buckets.length)]?.fromMs ?? 0)}</span>`)}<span>now</span></div>
</div><figcaption>${summary}${
    baseline === null
      ? ""
      : html` <span class="key key-usual"></span>Usual in the 7 days before: ${latencyText(baseline.latencyMsP50)} in the median, 95 % within ${latencyText(baseline.latencyMsP95)}.`
  }</figcaption></figure>
<details id="latency-figures"><summary>Response times in figures</summary>
<table class="plain"><thead><tr><th scope="col">From (UTC)</th><th scope="col" class="number">Median</th><th scope="col" class="number">Slowest</th><th scope="col">Outage</th></tr></thead>
<tbody>${hourly(buckets).map((hour) => html`<tr><th scope="row">${clockText(hour.fromMs)}</th><td class="number">${latencyText(hour.medianMs)}</td><td class="number">${latencyText(hour.slowestMs)}</td><td>${hour.isDown ? "yes" : ""}</td></tr>`)}</tbody></table></details>`;
}

interface Scale {
  x(index: number): number;
  y(ms: number): number;
}
type Run = readonly number[];

const round = (value: number) => Math.round(value * 10) / 10;

/** The next of 1, 2, 5 × 10ⁿ above the value: the top of the axis. */
function roundUp(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  return (([1, 2, 5].find((step) => step * power >= ms) ?? 10) as number) * power;
}

/** Indices of neighbouring measured buckets: a gap in the measurement is a gap in the line. */
function runs(buckets: readonly LatencyBucket[]): Run[] {
  const all: number[][] = [];
  for (const [index, bucket] of buckets.entries()) {
    if (bucket.medianMs === null) {
      continue;
    }
    const last = all.at(-1);
    if (last !== undefined && last.at(-1) === index - 1) {
      last.push(index);
    } else {
      all.push([index]);
    }
  }
  return all;
}

/** A point per bucket in its middle; a run of one bucket becomes a short stroke, so that it can be seen. */
function points(run: Run, scale: Scale, msOf: (index: number) => number): string[] {
  const [first = 0] = run;
  return run.length === 1
    ? [first, first + 1].map((x) => `${scale.x(x)} ${scale.y(msOf(first))}`)
    : run.map((index) => `${scale.x(index + 0.5)} ${scale.y(msOf(index))}`);
}

function linePath(run: Run, buckets: readonly LatencyBucket[], scale: Scale): string {
  return `M${points(run, scale, (index) => buckets[index]?.medianMs ?? 0).join("L")}`;
}

function bandPath(run: Run, buckets: readonly LatencyBucket[], scale: Scale): string {
  const upper = points(run, scale, (index) => buckets[index]?.slowestMs ?? 0);
  const lower = points(run, scale, (index) => buckets[index]?.medianMs ?? 0).toReversed();
  return `M${[...upper, ...lower].join("L")}Z`;
}

function baselineBand({ latencyMsP50, latencyMsP95 }: LatencyBaseline, scale: Scale): Html {
  const top = scale.y(latencyMsP95);
  return html`<rect class="usual" x="0" y="${top}" width="${WIDTH}" height="${round(Math.max(1, scale.y(latencyMsP50) - top))}"/>`;
}

function downs(buckets: readonly LatencyBucket[], scale: Scale): Html[] {
  return buckets.flatMap((bucket, index) =>
    bucket.isDown
      ? [
          html`<rect class="outage" x="${scale.x(index)}" y="0" width="${round(scale.x(index + 1) - scale.x(index))}" height="${HEIGHT}"/>`,
        ]
      : [],
  );
}

/** Buckets joined by the hour: the worst median, which is honest and needs no second look at the minutes. */
function hourly(buckets: readonly LatencyBucket[]): LatencyBucket[] {
  const perHour = Math.max(1, Math.round(buckets.length / 24));
  const hours: LatencyBucket[] = [];
  for (let from = 0; from < buckets.length; from += perHour) {
    const part = buckets.slice(from, from + perHour);
    const most = (values: (number | null)[]) => {
      const known = values.filter((value) => value !== null);
      return known.length === 0 ? null : Math.max(...known);
    };
    hours.push({
      fromMs: part[0]?.fromMs ?? 0,
      medianMs: most(part.map((bucket) => bucket.medianMs)),
      slowestMs: most(part.map((bucket) => bucket.slowestMs)),
      isDown: part.some((bucket) => bucket.isDown),
    });
  }
  return hours;
}

/* Response times that can be read at any point and looked at over a week. The server's picture stands until this is
 * ready, and stays where it is not. */
import uPlot from "./uplot.js";

const HEIGHT = 230;
const WINDOWS = [
  ["24h", "24 hours"],
  ["7d", "7 days"],
];
const REFRESH_MS = 60_000;

const ms = (value) =>
  value == null ? "–" : value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
const utc = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Ticks of the time axis: the clock, and the day where one begins. */
function instants(_, ticks) {
  return ticks.map((at) => {
    const text = new Date(at * 1000).toUTCString();
    return text.slice(17, 22) === "00:00" ? text.slice(5, 11) : text.slice(17, 22);
  });
}

/** Columns for uPlot: every bucket of the window, with gaps where nothing was measured. */
function columns({ fromMs, toMs, bucketMs, buckets }) {
  const byStart = new Map(buckets.map((bucket) => [bucket.fromMs, bucket]));
  const times = [];
  for (let at = fromMs; at <= toMs; at += bucketMs) {
    times.push(at);
  }
  const of = (field) => times.map((at) => byStart.get(at)?.[field] ?? null);
  return [times.map((at) => at / 1000), of("medianMs"), of("slowestMs")];
}

function fillBand(plot, fromX, toX, topY, bottomY, colour, alpha) {
  const { ctx } = plot;
  ctx.save();
  ctx.globalAlpha = alpha;
  ctx.fillStyle = colour;
  ctx.fillRect(fromX, topY, Math.max(1, toX - fromX), Math.max(1, bottomY - topY));
  ctx.restore();
}

/** The usual range and the outages, behind the lines. */
function drawGround(plot, series) {
  const { left, top, width, height } = plot.bbox;
  if (series.baseline) {
    const y = (value) => plot.valToPos(value, "y", true);
    const { latencyMsP50, latencyMsP95 } = series.baseline;
    fillBand(plot, left, left + width, y(latencyMsP95), y(latencyMsP50), token("--bar-live"), 0.2);
  }
  for (const { fromMs, toMs } of series.outages) {
    const x = (atMs) => Math.min(left + width, Math.max(left, plot.valToPos(atMs / 1000, "x", true)));
    fillBand(plot, x(fromMs), x(toMs ?? series.toMs), top, top + height, token("--bar-down"), 0.25);
  }
}

function draw(place, series) {
  const axis = {
    stroke: token("--soft"),
    grid: { stroke: token("--line"), width: 1 },
    ticks: { show: false },
  };
  const highest = Math.max(1, series.baseline?.latencyMsP95 ?? 0, ...series.buckets.map((b) => b.slowestMs));
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: { y: false },
      scales: { y: { range: [0, highest * 1.1] } },
      bands: [{ series: [2, 1], fill: `${token("--accent")}29` }],
      axes: [
        { ...axis, values: instants },
        { ...axis, size: 64, values: (_, ticks) => ticks.map(ms) },
      ],
      series: [
        { label: "From", value: (_, at) => (at == null ? "–" : utc(at)) },
        { label: "Median", stroke: token("--accent"), width: 2, value: (_, value) => ms(value) },
        { label: "Slowest", stroke: "transparent", width: 0, value: (_, value) => ms(value) },
      ],
      hooks: { drawClear: [(plot) => drawGround(plot, series)] },
    },
    columns(series),
    place,
  );
}

async function mount(section) {
  const picture = section.querySelector("figure");
  if (!picture) {
    return;
  }
  const frame = document.createElement("div");
  frame.className = "live-chart";
  const choice = document.createElement("p");
  choice.className = "windows";
  const place = document.createElement("div");
  frame.append(choice, place);
  let plot = null;
  let chosen = "24h";
  const show = async () => {
    const answer = await fetch(`${section.dataset.chart}?window=${chosen}`, { cache: "no-store" });
    if (!answer.ok || answer.redirected) {
      return;
    }
    const series = await answer.json();
    if (!frame.isConnected) {
      picture.querySelector(".plot").replaceWith(frame);
    }
    plot?.destroy();
    plot = draw(place, series);
  };
  for (const [name, label] of WINDOWS) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = label;
    button.setAttribute("aria-pressed", String(name === chosen));
    button.addEventListener("click", () => {
      chosen = name;
      for (const other of choice.children) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      show().catch(() => {});
    });
    choice.append(button);
  }
  await show();
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT })).observe(place);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show().catch(() => {}));
  setInterval(() => document.hidden || show().catch(() => {}), REFRESH_MS);
}

for (const section of document.querySelectorAll("[data-chart]")) {
  mount(section).catch(() => {});
}

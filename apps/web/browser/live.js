/* Live pages. `[data-live]` names a stream that says when the page has news; then the page is fetched again and its live
 * parts are swapped. `[data-events]` names a stream that brings finished HTML of a running probe. */
import { refreshParts } from "./refresh-parts.js";

/** Spans such as "12 s ago" grow old without any news. */
const AGE_EVERY_MS = 30_000;
/** After a stream broke, or where there is none. */
const RETRY_MS = 10_000;

const parts = document.querySelector("[data-live^='/']");
let source = null;
let pending = null;

function refresh() {
  // A burst of news is one refresh, and a refresh that fails is no news: the next one may work.
  pending ??= refreshParts()
    .catch(() => false)
    .finally(() => {
      pending = null;
      document.dispatchEvent(new Event("parts-refreshed"));
    });
  return pending;
}

function open() {
  if (!parts || source || document.hidden) {
    return;
  }
  source = new EventSource(parts.dataset.live);
  source.addEventListener("changed", refresh);
  source.addEventListener("signed-out", () => location.reload());
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) {
      close();
      setTimeout(open, RETRY_MS);
    }
  });
}

function close() {
  source?.close();
  source = null;
}

if (parts) {
  open();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
    } else {
      refresh().then(open);
    }
  });
  addEventListener("pagehide", close);
  setInterval(() => document.hidden || refresh(), AGE_EVERY_MS);
}

const probe = document.querySelector("[data-events^='/']");
if (probe) {
  const events = new EventSource(probe.dataset.events);
  const show = (event) => {
    // Our own server rendered and escaped this; the page's policy allows no inline script in any case.
    probe.innerHTML = event.data;
  };
  events.addEventListener("progress", show);
  events.addEventListener("result", (event) => {
    show(event);
    events.close();
  });
  events.addEventListener("signed-out", () => location.reload());
}

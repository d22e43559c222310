/* Keeps `[data-live]` parts of a page fresh: fetches the page again and swaps them, keeping what the reader opened. */
const EVERY_MS = 15_000;

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) {
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (next === null || part.contains(document.activeElement)) {
      continue;
    }
    const opened = [...part.querySelectorAll("details")].map((details) => details.open);
    [...next.querySelectorAll("details")].forEach((details, index) => {
      details.open = opened[index] ?? details.open;
    });
    part.replaceChildren(...next.childNodes);
  }
}

setInterval(() => {
  if (!document.hidden) {
    // A failed refresh is no news: the next one may work, and the page says how old it is.
    refresh().catch(() => {});
  }
}, EVERY_MS);

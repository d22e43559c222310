/* Keeps `[data-live]` parts of a page fresh: fetches the page again and swaps them, keeping what the reader opened and
 * where the focus is. */
const EVERY_MS = 15_000;
const FOCUSABLE = "a, summary";

async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) {
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (next !== null) {
      swap(part, next);
    }
  }
}

function swap(part, next) {
  for (const details of next.querySelectorAll("details[id]")) {
    details.open = document.getElementById(details.id)?.open ?? details.open;
  }
  const focused = part.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  part.replaceChildren(...next.childNodes);
  if (focused !== null) {
    const same = [...part.querySelectorAll(FOCUSABLE)].find((element) => keyOf(element) === focused);
    same?.focus({ preventScroll: true });
  }
}

/** What makes an element the same one after a swap: where a link leads, or whose summary it is. */
function keyOf(element) {
  return `${element.tagName} ${element.getAttribute("href") ?? element.parentElement.id}`;
}

setInterval(() => {
  if (!document.hidden) {
    // A failed refresh is no news: the next one may work, and the page says how old it is.
    refresh().catch(() => {});
  }
}, EVERY_MS);

/* Makes the `[data-live]` parts of a page fresh: fetches the page again and swaps them, keeping what the reader opened
 * and where the focus is. */
const FOCUSABLE = "a, summary";

/** Resolves when the parts are fresh; to false when the page could not be fetched. */
export async function refreshParts() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) {
    return false;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (next !== null) {
      swap(part, next);
    }
  }
  return true;
}

function swap(part, next) {
  for (const details of next.querySelectorAll("details[id]")) {
    details.open = document.getElementById(details.id)?.open ?? details.open;
  }
  const focused = part.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  if (next.dataset.live !== undefined) {
    part.dataset.live = next.dataset.live;
  }
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

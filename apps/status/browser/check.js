/* Follows one running check: the server sends finished HTML of the result, this puts it in place. */
const part = document.getElementById("check");
const path = part?.dataset.events;

if (part && path) {
  const events = new EventSource(path);
  const show = (event) => {
    // Our own server rendered and escaped this; the page's policy allows no inline script in any case.
    part.innerHTML = event.data;
  };
  events.addEventListener("progress", show);
  events.addEventListener("result", (event) => {
    show(event);
    events.close();
  });
}

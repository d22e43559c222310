import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { html } from "hono/html";
import type { Html } from "../views/html.ts";
import {
  type FieldsModel,
  filingFields,
  healthFields,
  healthUrlFields,
  probingFields,
  thresholdFields,
  visibilityField,
} from "./endpoint-fields-view.ts";
import { problemSummary, submitByEnter, textField } from "./fields.ts";

export interface SettingsModel extends FieldsModel {
  readonly row: EndpointRow;
  /** `/w/<workspace>/endpoints/<slug>`. */
  readonly home: string;
  readonly revision: string;
  readonly csrf: Html;
  readonly publicUrl: string;
}

/** All options of one endpoint in one form, and what ends or pauses it beside that. */
export function settingsView(model: SettingsModel): Html {
  const { row, values, problems, home, csrf } = model;
  return html`<form class="endpoint-form" method="post" action="${home}/edit">${csrf}
<input type="hidden" name="revision" value="${model.revision}">
${submitByEnter}${problemSummary(problems)}
<section aria-labelledby="basics-title"><h2 id="basics-title">Basics</h2>
${textField({ name: "url", label: "URL of the endpoint", type: "url", value: values.url, maxlength: 2_048, isRequired: true, isCode: true, hint: "Another URL keeps the history and is probed at once." }, problems)}
${textField({ name: "name", label: "Name", value: values.name, isRequired: true }, problems)}
${visibilityField(model)}
${model.mayBePublic ? "" : html`<p class="hint">To put it on the public board, <a href="${home}/claim">prove that it is yours</a>.</p>`}
${textField(
  {
    name: "slug",
    label: "Address",
    value: values.slug,
    maxlength: 120,
    isRequired: true,
    isCode: true,
    hint:
      row.visibility === "private"
        ? "Its place in this dashboard. Old addresses go on leading here."
        : html`Its page is <code>${model.publicUrl}/status/${row.slug}</code>. Old addresses go on leading here, badges too.${
            row.visibility === "unlisted"
              ? " The letters and digits at the end keep it from being guessed."
              : ""
          }`,
  },
  problems,
)}</section>
<section aria-labelledby="probing-title"><h2 id="probing-title">Probing</h2>${probingFields(model)}</section>
<section aria-labelledby="health-title"><h2 id="health-title">Health</h2>${healthFields(model)}${healthUrlFields(model)}</section>
<section aria-labelledby="sick-title"><h2 id="sick-title">What counts as sick</h2>${thresholdFields(model)}</section>
<section aria-labelledby="filing-title"><h2 id="filing-title">Where it belongs</h2>${filingFields(model)}</section>
<p class="actions"><button type="submit">Save</button> <a class="button quiet" href="${home}">Cancel</a></p>
</form>
${pausing(model)}
<section aria-labelledby="credential-title"><h2 id="credential-title">Credential</h2>
<p>${row.visibility === "private" ? "Probes may carry a token, headers, or what you got by logging in." : "If the endpoint asks for a log-in, probes can carry a credential. It makes the endpoint private."}</p>
<p><a class="button quiet" href="${home}/credential">Credential…</a></p></section>
<section aria-labelledby="delete-title"><h2 id="delete-title">Delete</h2>
<p>The endpoint goes with its history, its page and its badge. Its address is never given to somebody else.</p>
<p><a class="button danger" href="${home}/delete">Delete…</a></p></section>`;
}

function pausing({ row, home, csrf }: SettingsModel): Html {
  if (row.pausedAt === null) {
    return html`<section aria-labelledby="pause-title"><h2 id="pause-title">Pause</h2>
<p>Nothing is probed and nobody alerted until you resume it. The time in between counts neither for nor against.</p>
<form method="post" action="${home}/pause">${csrf}<button class="quiet" type="submit">Pause</button></form></section>`;
  }
  return html`<section aria-labelledby="pause-title"><h2 id="pause-title">Paused</h2>
<p>${
    row.pausedReason === "plan"
      ? "It is paused because the workspace watches more than its plan allows."
      : row.pausedReason === "operator"
        ? "The operators of AliveMCP paused it; write to them to have it probed again."
        : "You paused it."
  }</p>
${row.pausedReason === "operator" ? "" : html`<form method="post" action="${home}/resume">${csrf}<button type="submit">Resume</button></form>`}</section>`;
}

import type { Deps } from "../deps.ts";
import { AWAY_ANSWER, type CachedAnswer, cachedAnswer } from "../http-answer.ts";
import { type ReportForm, reportAnswer } from "../report/report-answers.ts";
import { readTenantPage, type TenantPagePlace } from "./read-tenant-page.ts";

const NOT_FOUND = cachedAnswer("There is no such page.\n", "text/plain; charset=utf-8", 404);

/** A page of a workspace as programs read it, made at most once in a moment. Never rejects. */
export function tenantReportAnswer(
  deps: Deps,
  place: TenantPagePlace,
  form: ReportForm,
): Promise<CachedAnswer> {
  return deps.answers.get(`page|${form}|${place.host ?? ""}|${place.slug.slice(0, 70)}`, async () => {
    const page = await readTenantPage(deps, place);
    if (page.kind !== "page") {
      return page.kind === "not-found" ? NOT_FOUND : AWAY_ANSWER;
    }
    const more = { publicUrl: deps.config.PUBLIC_URL, nowMs: deps.clock.nowMs() };
    return reportAnswer(page.report, form, more);
  });
}

/** `npm run drill:zoo [-- --json]`: every real server of other packages, judged by the probe and by the official clients. */
import { compareWithClients, type ZooAnswer } from "../zoo/compare-with-clients.ts";
import { REAL_SERVERS } from "../zoo/real-servers.ts";

const isJson = process.argv.includes("--json");
const answers: ZooAnswer[] = [];
for (const server of REAL_SERVERS) {
  const answer = await compareWithClients(server);
  answers.push(answer);
  if (!isJson) {
    const mark = answer.disagreements.length === 0 ? "✓" : "✗";
    console.log(
      `${mark} ${answer.name}: ${answer.state} (exit ${answer.exitCode}); clients: ${answer.clients}`,
    );
    for (const disagreement of answer.disagreements) {
      console.log(`    ${disagreement}`);
    }
  }
}
const wrong = answers.filter((answer) => answer.disagreements.length > 0);
if (isJson) {
  console.log(JSON.stringify({ servers: answers.length, wrong: wrong.length, answers }));
} else {
  console.log(`${answers.length} servers, ${wrong.length} judged wrong`);
}
process.exitCode = wrong.length === 0 ? 0 : 1;

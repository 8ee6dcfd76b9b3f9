/** Many requests at one moment. */
import { z } from 'zod';
import { shellQuote } from '../../../infra/components/shell.ts';
import type { Hosts } from './hosts.ts';

const burstAnswers = z.array(
  z.object({ status: z.number(), instance: z.string(), body: z.string(), ms: z.number() }),
);
export type BurstAnswer = z.output<typeof burstAnswers>[number];

/** Sends them from a host, on a connection each; what gets no answer has the status 0. */
export async function burst(
  hosts: Hosts,
  host: string,
  url: string,
  count: number,
): Promise<readonly BurstAnswer[]> {
  const program = sender.replaceAll(/\s*\n\s*/g, ' ');
  const output = await hosts.run(
    host,
    `/opt/smartstack/current/bin/node --input-type=module -e ${shellQuote(program)} ${url} ${count}`,
  );
  const answers: unknown = JSON.parse(output);
  return burstAnswers.parse(answers);
}

const sender = `
import { request } from "node:http";
const [url, count] = process.argv.slice(1);
const ask = () => new Promise((resolve) => {
  const at = Date.now();
  const end = (status, instance, body) => resolve({ status, instance, body, ms: Date.now() - at });
  const call = request(url, { agent: false }, (answer) => {
    let body = "";
    answer.setEncoding("utf8").on("data", (chunk) => { body += chunk; });
    answer.once("end", () => end(answer.statusCode, answer.headers["x-instance"] ?? "", body));
    answer.once("error", (error) => end(0, "", error.message));
  });
  call.once("error", (error) => end(0, "", error.message));
  call.end();
});
console.log(JSON.stringify(await Promise.all(Array.from({ length: Number(count) }, ask))));
`;

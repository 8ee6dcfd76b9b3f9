/**
 * What the plan's local commands run, each printing a key and its certificate as JSON:
 *
 *   main.ts authority ENVIRONMENT
 *   main.ts certificate HOST [NAME …]    the authority, as printed, on standard input
 */
import { constants, setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { type KeyAndCertificate, parseKeyAndCertificate } from './key-and-certificate.ts';

// Many of these run at once, with Vagrant beside the hosts themselves: they wait for whoever serves.
setPriority(constants.priority.PRIORITY_LOW);
const { issueCertificate, makeAuthority } = await import('./issue.ts');

const commands: Readonly<
  Record<string, (name: string, more: readonly string[]) => Promise<KeyAndCertificate>>
> = {
  authority: (environment) => makeAuthority(environment, new Date()),
  certificate: async (host, names) => {
    const authority = parseKeyAndCertificate(await text(process.stdin));
    return await issueCertificate({ authority, host, names }, new Date());
  },
};

const [command = '', name = '', ...more] = process.argv.slice(2);
const run = commands[command];
if (run === undefined) {
  console.error(`unknown command "${command}"; there are ${Object.keys(commands).join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    console.log(JSON.stringify(await run(name, more)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

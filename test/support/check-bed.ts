import { expect } from 'chai';
import { checkSchema } from '../../agent/config/nerve-checks.ts';
import { systemClock } from '../../agent/lib/clock.ts';
import {
  type CheckResult,
  createRunCheck,
  runWithinTimeout,
} from '../../agent/nerve/checks/check.ts';
import { type CheckDefinition, defineCheck } from '../../agent/nerve/checks/definition.ts';
import { eventually } from './eventually.ts';

export const passed: CheckResult = { passed: true };

/** Generous: a busy machine must not make a check fail that should pass. */
const patientTimeout = 10;

export function defineTestCheck(port: number, options: object): CheckDefinition {
  const check = checkSchema.parse({ timeout: patientTimeout, ...options });
  return defineCheck({ host: '127.0.0.1', port }, check);
}

/** Runs a check once, as nerve does. */
export function runTestCheck(
  port: number,
  options: object,
  signal: AbortSignal = new AbortController().signal,
): Promise<CheckResult> {
  return runWithinTimeout(createRunCheck(), defineTestCheck(port, options), {
    clock: systemClock,
    signal,
  });
}

export async function reasonOf(result: CheckResult | Promise<CheckResult>): Promise<string> {
  const settled = await result;
  return settled.passed ? expect.fail('the check passed') : settled.reason;
}

/** Runs `work`; then nothing may be open that was not open before: no socket, no process. */
export async function leavingNothing(work: () => Promise<unknown>): Promise<void> {
  const before = openResources();
  await work();
  await eventually(() => {
    const left = openResources();
    for (const name of before) if (left.includes(name)) left.splice(left.indexOf(name), 1);
    expect(left).to.deep.equal([]);
  });
}

function openResources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => !/Immediate|Timeout/.test(name));
}

/** Machines that would have to be of another architecture than they are. */
import type { Problem } from '../../../agent/config/parse.ts';
import type { MachinePlan } from './host-plan.ts';

export interface ArchitectureQuestion extends Pick<MachinePlan, 'type' | 'arch'> {
  /** Of the host, or of the bastion. */
  readonly name: string;
  /** Where the configuration says its type. */
  readonly path: string;
  /** As last deployed. */
  readonly before: string | undefined;
  /** Names of the machines that are to be made anew. */
  readonly renew: readonly string[];
}

/**
 * No disk boots on another processor. The provider throws such a machine away and makes another, of all
 * whose type changes at once; and from the image that it had, which AWS refuses, were it not told
 * otherwise. https://github.com/hashicorp/terraform-provider-aws/pull/36590
 */
export function architectureProblems(question: ArchitectureQuestion): readonly Problem[] {
  const { name, path, type, arch, before, renew } = question;
  if (before === undefined || before === arch || renew.includes(name)) return [];
  const message =
    `${type} is ${arch}, but ${name} runs on ${before} and would have to be made anew for it; ` +
    'name one after the other in smartstack:aws.machines.renew, with its type in ' +
    `machines.hosts, or take a type of ${before}`;
  return [{ path, message }];
}

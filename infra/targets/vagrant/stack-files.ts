import { join } from 'node:path';
import { projectFolder, stateFolder } from '../../project.ts';

/** Where a stack's machines are described; one root for all stacks of a checkout. */
export interface StackFiles {
  readonly stack: string;
  /** `.smartstack/<stack>`. */
  readonly folder: string;
  /** Provider, subnet and the like, settled once. */
  readonly settings: string;
  /** One definition a machine: what the Vagrantfile reads. */
  readonly machines: string;
  readonly privateKey: string;
}

export function stackFiles(stack: string, root: string = stateFolder): StackFiles {
  const folder = join(root, stack);
  return {
    stack,
    folder,
    settings: join(folder, 'vagrant.json'),
    machines: join(folder, 'machines'),
    privateKey: join(folder, 'id_ed25519'),
  };
}

/** The folder of the Vagrantfile. */
export const vagrantFolder = join(projectFolder, 'vagrant');

/** Locks, requests and output of running Vagrant commands, for all stacks of the checkout. */
export const workFolder = join(stateFolder, 'cache/vagrant');

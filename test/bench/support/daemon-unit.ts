import { type AgentName, nerveUnit, synapseUnit } from '../../../infra/render/units.ts';

/** Node's flags and variables. */
export interface DaemonUnit {
  readonly flags: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** As the systemd unit of hosts gives them. */
export function unitOf(name: AgentName): DaemonUnit {
  const { content: text } = name === 'nerve' ? nerveUnit() : synapseUnit();
  const line = new RegExp(`^ExecStart=\\S+/node ((?:-\\S+ )*)\\S+/${name}\\.mjs`, 'm');
  const [, flags = ''] = line.exec(text) ?? [];
  const variables = [...text.matchAll(/^Environment="?(\w+)=([^"\n]*)"?$/gm)];
  return {
    flags: flags.split(' ').filter((flag) => flag !== ''),
    environment: Object.fromEntries(variables.map(([, key = '', value]) => [key, value])),
  };
}

import { expect } from 'chai';
import {
  type DaemonCommand,
  parseDaemonArguments,
} from '../../../../agent/lib/daemon-arguments.ts';

describe('parseDaemonArguments', () => {
  const parse = (argv: readonly string[], environment = {}): DaemonCommand =>
    parseDaemonArguments({ daemon: 'nerve', argv, environment });

  it('takes the short and long flags of the original', () => {
    expect(parse(['-c', 'a.json'])).to.deep.equal({
      kind: 'run',
      configPath: 'a.json',
      instanceId: undefined,
    });
    expect(parse(['--config', 'a.json', '-i', 'me', '-k'])).to.deep.equal({
      kind: 'check-config',
      configPath: 'a.json',
      instanceId: 'me',
    });
  });

  it('falls back to the environment variables of the original', () => {
    const environment = {
      NERVE_CONFIG: 'env.json',
      NERVE_INSTANCE_ID: 'e',
      NERVE_CHECK_CONFIG: '1',
    };
    expect(parse([], environment)).to.deep.equal({
      kind: 'check-config',
      configPath: 'env.json',
      instanceId: 'e',
    });
    expect(parse(['-c', 'flag.json'], environment)).to.include({ configPath: 'flag.json' });
  });

  it("takes no daemon's variables but its own", () => {
    const environment = { NERVE_CONFIG: 'nerve.json', SYNAPSE_CONFIG: 'synapse.json' };
    const configOf = (daemon: 'nerve' | 'synapse') =>
      parseDaemonArguments({ daemon, argv: [], environment });
    expect(configOf('nerve')).to.include({ configPath: 'nerve.json' });
    expect(configOf('synapse')).to.include({ configPath: 'synapse.json' });
  });

  it('answers version and help before it asks for a file', () => {
    expect(parse(['--version'])).to.deep.equal({ kind: 'version' });
    expect(parse(['-h'])).to.include({ kind: 'help' });
  });

  it('explains what is missing or unknown', () => {
    expect(parse([])).to.include({ kind: 'usage-error' });
    const unknown = parse(['--confg', 'x']);
    expect(unknown)
      .to.have.property('message')
      .that.matches(/--confg[\s\S]*Usage: nerve/);
  });
});

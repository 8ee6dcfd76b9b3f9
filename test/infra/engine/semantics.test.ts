import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { local, remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import { forgetHosts } from '../../../infra/engine/forget.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-ports.ts';
import { startSshd, type TestSshd } from '../../support/sshd.ts';
import { EngineHarness } from './harness.ts';

class Instance extends pulumi.CustomResource {
  constructor(name: string) {
    super('aws:ec2/instance:Instance', name, {});
  }
}

describe('built-in engine', () => {
  let sshd: TestSshd;
  let harness: EngineHarness;
  const connection = (): { host: string; port: number; user: string; privateKey: string } => {
    const { port, user, privateKey, hostKey } = sshd;
    const dial = { dialErrorLimit: 2, perDialTimeout: 30 };
    return { host: '127.0.0.1', ...{ port, user, privateKey, hostKey }, ...dial };
  };

  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.stop());
  beforeEach(() => {
    harness = new EngineHarness();
  });
  afterEach(() => harness.remove());

  it('previews with unknowns, and touches nothing', async () => {
    const result = await harness.run('preview', async () => {
      const file = new local.Command('host/file', { create: 'touch made; echo out' });
      new local.Command('host/next', { create: 'cat', stdin: file.stdout });
      file.stdout.apply(() => {
        throw new Error('an unknown output was handed out');
      });
    });
    expect(result.told).to.deep.equal(['planned:create:host/file', 'planned:create:host/next']);
    expect(result.programErrors).to.deep.equal([]);
    expect(existsSync(join(harness.directory, 'made'))).to.equal(false);
    expect(existsSync(harness.statePath)).to.equal(false);
  });

  it('waits for what is registered late, in a callback of an output', async () => {
    const program = async (): Promise<void> => {
      const early = new local.Command('early', { create: 'echo early' });
      early.stdout.apply(async (text) => {
        await new Promise((resolve) => setTimeout(resolve, 150));
        new local.Command(`late-${text}`, { create: 'true' });
      });
    };
    await harness.run('up', program);
    expect((await harness.run('up', program)).told).to.deep.equal([
      'unchanged:same:early',
      'unchanged:same:late-early',
    ]);
  });

  it('goes on with everything that does not need what failed', async () => {
    const program = (command: string) => async (): Promise<object> => {
      const bad = new remote.Command('host/bad', { connection: connection(), create: command });
      new local.Command('by-dependency', { create: 'true' }, { dependsOn: bad });
      const byValue = new local.Command('by-value', { create: 'cat', stdin: bad.stdout });
      new local.Command('third', { create: 'true' }, { dependsOn: byValue });
      const other = new local.Command('other', { create: 'echo fine' });
      return { bad: bad.stdout, other: other.stdout };
    };
    const failed = await harness.run('up', program('seq 30; echo no good >&2; exit 5'));
    expect(failed.told).to.include.members([
      'failed:create:host/bad',
      'skipped:create:by-dependency',
      'skipped:create:by-value',
      'skipped:create:third',
      'finished:create:other',
    ]);
    const [failure] = failed.failures;
    expect(failure?.message).to.equal('the command failed with exit status 5');
    expect(failure?.lastLines).to.include('no good').and.include('30').and.not.include('2');
    expect(failed.outputs).to.deep.equal({ other: 'fine' });
    const repaired = await harness.run('up', program('echo good'));
    expect(repaired.failures).to.deep.equal([]);
    expect(repaired.outputs).to.deep.equal({ bad: 'good', other: 'fine' });
  });

  it('deletes nothing while something fails', async () => {
    const file = join(harness.directory, 'kept');
    await harness.run('up', async () => {
      new local.Command('kept', { create: `touch ${file}`, delete: `rm ${file}` });
    });
    const broken = await harness.run('up', async () => {
      new local.Command('bad', { create: 'false' });
    });
    expect(broken.told).to.deep.equal(['failed:create:bad']);
    expect(existsSync(file)).to.equal(true);
    await harness.run('up', async () => {});
    expect(existsSync(file)).to.equal(false);
  });

  it('deletes dependents first, and what a deleted machine takes along without a word', async () => {
    const order = join(harness.directory, 'order');
    await harness.run('up', async () => {
      const machine = new local.Command('m/machine', {
        create: '',
        delete: `echo machine >> ${order}`,
      });
      const options = { deletedWith: machine, dependsOn: machine };
      new local.Command('m/file', { create: '', delete: `echo file >> ${order}` }, options);
      const base = new local.Command('base', { create: '', delete: `echo base >> ${order}` });
      new local.Command('top', { create: '', delete: `echo top >> ${order}` }, { dependsOn: base });
    });
    const gone = await harness.run('down', async () => {});
    expect(gone.failures).to.deep.equal([]);
    const lines = readFileSync(order, 'utf8').trim().split('\n');
    expect(lines).to.have.members(['machine', 'top', 'base']);
    expect(lines.indexOf('top')).to.be.lessThan(lines.indexOf('base'));
  });

  it('keeps what is protected, and says so', async () => {
    await harness.run('up', async () => {
      new local.Command('precious', { create: 'true' }, { protect: true });
    });
    const down = await harness.run('down', async () => {});
    expect(down.failures[0]).to.deep.include({ name: 'precious', message: 'it is protected' });
  });

  it('makes the new one first, and deletes the old one after everything else', async () => {
    const log = join(harness.directory, 'log');
    const program = (version: string) => async (): Promise<void> => {
      const create = `echo create ${version} >> ${log}`;
      new local.Command('r', {
        create,
        delete: `echo delete ${version} >> ${log}`,
        triggers: [version],
      });
    };
    await harness.run('up', program('1'));
    await harness.run('up', program('2'));
    expect(readFileSync(log, 'utf8')).to.equal('create 1\ncreate 2\ndelete 1\n');
  });

  it('does an interrupted step again', async () => {
    const file = join(harness.directory, 'attempts');
    const program = async (): Promise<void> => {
      const create = `echo x >> ${file}; [ $(wc -l < ${file}) -ge 2 ] || sleep 60`;
      new local.Command('slow', { create });
      new local.Command('after', { create: 'true' });
    };
    const [stop, kill] = [new AbortController(), new AbortController()];
    const running = harness.run('up', program, { stop: stop.signal, kill: kill.signal });
    await eventually(() => expect(existsSync(file)).to.equal(true));
    stop.abort();
    kill.abort();
    const cut = await running;
    expect(cut.interrupted).to.equal(true);
    expect(JSON.parse(harness.stateText()).entries[0].pending).to.equal('create');
    const resumed = await harness.run('up', program);
    expect(resumed.told).to.include('finished:create:slow');
    expect(resumed.failures).to.deep.equal([]);
  });

  it('does not wait for a daemon that a command leaves behind', async () => {
    const { outputs } = await harness.run('up', async () => ({
      pid: new local.Command('daemon', { create: 'sleep 600 & echo $!' }).stdout,
    }));
    const pid = Number(outputs.pid);
    expect(pid).to.be.above(1);
    // It still runs, or this throws.
    process.kill(pid, 'SIGKILL');
  });

  it('names a host that is off, once tried, and converges when it is back', async () => {
    const off = { ...connection(), port: await freePort() };
    const program = (where: object) => async (): Promise<void> => {
      const there = { ...connection(), ...where };
      for (const n of [1, 2, 3]) {
        new remote.Command(`far/${n}`, { connection: there, create: 'true' });
      }
      new remote.Command('near/1', { connection: connection(), create: 'true' });
    };
    const first = await harness.run('up', program(off));
    expect(first.told).to.include('finished:create:near/1');
    expect(first.failures.map(({ message }) => message)).to.deep.equal(
      Array(3).fill(`127.0.0.1:${off.port}: connection refused (tried 2 times)`),
    );
    expect(first.failures[0]?.hint).to.include('switched on');
    const second = await harness.run('up', program({}));
    expect(second.failures).to.deep.equal([]);
  });

  it('refuses a host with another key, or is refused, and converges once that is right', async () => {
    const other = await startSshd();
    const program = (where: object) => async (): Promise<void> => {
      const there = { ...connection(), ...where };
      for (const n of [1, 2]) {
        new remote.Command(`h/${n}`, { connection: there, create: `echo ${n}`, delete: 'true' });
      }
    };
    const wrong = [
      {
        where: { hostKey: other.hostKey },
        message: 'the host key is not the expected one',
        hint: 'give its new host key',
      },
      {
        where: { privateKey: other.privateKey },
        message: `the host refused user ${sshd.user} with this key`,
        hint: 'Check user and key',
      },
    ];
    await other.stop();
    const all = ['h/1', 'h/2'];
    const told = (what: string) => all.map((name) => `${what}:${name}`);
    // Of a host that is new, and of one that was right before.
    for (const [kind, stands] of [
      ['create', 'finished:create'],
      ['update', 'unchanged:same'],
    ] as const) {
      for (const { where, message, hint } of wrong) {
        const refused = await harness.run('up', program(where));
        expect(refused.told).to.have.members(told(`failed:${kind}`));
        for (const failure of refused.failures) {
          expect(failure.message).to.include(message);
          expect(failure.hint).to.include(hint);
        }
      }
      const right = await harness.run('up', program({}));
      expect(right.told).to.have.members(told(stands));
      expect(right.failures).to.deep.equal([]);
    }
    expect((await harness.run('down', program({}))).failures).to.deep.equal([]);
  });

  it('hands environment over, and says when the host refuses it', async () => {
    const run = (environment: Record<string, string>) =>
      harness.run('up', async () => ({
        out: new remote.Command('h/c', {
          connection: connection(),
          create: 'echo "$ACCEPTED"',
          environment,
        }).stdout,
      }));
    expect((await run({ ACCEPTED: 'yes' })).outputs).to.deep.equal({ out: 'yes' });
    const refused = await run({ REFUSED: 'x' });
    expect(refused.failures[0]?.message).to.include('could not set environment variable "REFUSED"');
  });

  it('gives an update what the run before printed', async () => {
    const run = (create: string) =>
      harness.run('up', async () => ({
        out: new remote.Command('h/c', { connection: connection(), create }).stdout,
      }));
    await run('echo first');
    expect((await run('echo "after $PULUMI_COMMAND_STDOUT"')).outputs).to.deep.equal({
      out: 'after first',
    });
  });

  it('copies again only when the content or the place changes', async () => {
    const source = join(harness.directory, 'source');
    const remotePath = join(harness.directory, 'copied');
    const run = () =>
      harness.run('up', async () => {
        const asset = new pulumi.asset.FileAsset(source);
        new remote.CopyToRemote('h/copy', { connection: connection(), source: asset, remotePath });
      });
    writeFileSync(source, 'one');
    await run();
    expect((await run()).told).to.deep.equal(['unchanged:same:h/copy']);
    writeFileSync(source, 'two');
    expect((await run()).told).to.deep.equal(['finished:update:h/copy']);
    expect(readFileSync(remotePath, 'utf8')).to.equal('two');
  });

  it('hides secrets in output and errors, and encrypts them in the state', async () => {
    const result = await harness.run('up', async () => {
      const stdin = pulumi.secret('correct horse');
      new local.Command('leaky', { create: 'cat; cat >&2; exit 1', stdin });
      return { password: pulumi.secret('battery staple') };
    });
    const everything = JSON.stringify(result.events) + JSON.stringify(result.failures);
    expect(everything).to.include('[secret]').and.not.include('correct horse');
    expect(harness.stateText()).to.not.include('correct horse').and.not.include('battery staple');
    expect(result.outputs).to.deep.equal({ password: 'battery staple' });
    const again = harness.run('up', async () => ({}), { passphrase: 'another' });
    await again.then(
      () => expect.fail('a wrong passphrase was accepted'),
      (error: Error) => expect(error.message).to.include('passphrase is not the one'),
    );
  });

  it('takes a renamed resource for the same one', async () => {
    await harness.run('up', async () => {
      new local.Command('old', { create: 'true' });
    });
    const renamed = await harness.run('up', async () => {
      new local.Command('new', { create: 'true' }, { aliases: [{ name: 'old' }] });
    });
    expect(renamed.told).to.deep.equal(['unchanged:same:new']);
  });

  it('takes what stands below a renamed component for the same', async () => {
    class Part extends pulumi.ComponentResource {
      constructor(type: string, name: string, options: pulumi.ComponentResourceOptions = {}) {
        super(`test:index:${type}`, name, {}, options);
        const first = new local.Command(`${name}/first`, { create: 'true' }, { parent: this });
        new local.Command(`${name}/next`, { create: 'true' }, { parent: this, dependsOn: first });
        this.registerOutputs({});
      }
    }
    await harness.run('up', async () => {
      new Part('Old', 'old');
    });
    const renamed = async (): Promise<void> => {
      new Part('New', 'new', { aliases: [{ type: 'test:index:Old', name: 'old' }] });
    };
    const kept = ['unchanged:same:new/first', 'unchanged:same:new/next'];
    expect((await harness.run('preview', renamed)).told).to.deep.equal(kept);
    expect((await harness.run('up', renamed)).told).to.deep.equal(kept);
    // Once it is so in the state, the alias may go.
    const moved = async (): Promise<void> => {
      const parent = new pulumi.ComponentResource('test:index:All', 'all');
      new Part('New', 'new', { parent, aliases: [{ parent: pulumi.rootStackResource }] });
    };
    expect((await harness.run('up', moved)).told).to.deep.equal(kept);
  });

  it('names the Pulumi CLI for anything else', async () => {
    const result = await harness.run('preview', async () => {
      new Instance('vm');
    });
    expect(result.failures[0]?.message).to.match(
      /resources of type aws:ec2\/instance:Instance; install the Pulumi CLI/,
    );
  });

  it('tells what a program throws, without a stack, and changes nothing', async () => {
    await harness.run('up', async () => {
      new local.Command('there', { create: 'true' });
    });
    const result = await harness.run('up', async () => {
      throw new pulumi.RunError('the catalog has two mistakes:\n  one\n  two');
    });
    expect(result.programErrors).to.deep.equal(['the catalog has two mistakes:\n  one\n  two']);
    expect(result.told).to.deep.equal([]);
  });

  it('lets one run at a time work on a stack', async () => {
    const slow = harness.run('up', async () => {
      new local.Command('slow', { create: 'sleep 0.3' });
    });
    const second = harness.run('down', async () => {});
    await second.then(
      () => expect.fail('two runs at once'),
      (error: Error) => expect(error.message).to.include(`process ${process.pid}`),
    );
    await slow;
  });

  it('refers to the stack itself, as the last run left it', async () => {
    const program = async (): Promise<object> => {
      const itself = new pulumi.StackReference('organization/engine-test/test');
      const { value = 0 } = await itself.getOutputDetails('runs');
      return { runs: Number(value) + 1 };
    };
    await harness.run('up', program);
    expect((await harness.run('up', program)).outputs).to.deep.equal({ runs: 2 });
  });

  it('forgets what stands on a host, and makes it anew', async () => {
    const program = async (): Promise<void> => {
      const one = new local.Command('one/a', { create: 'true', delete: 'exit 1' });
      new local.Command('two/a', { create: 'true' }, { dependsOn: one });
    };
    await harness.run('up', program);
    expect(await forgetHosts(harness.statePath, 'a passphrase', ['one'])).to.equal(1);
    const { told } = await harness.run('up', program);
    expect(told).to.deep.equal(['finished:create:one/a', 'unchanged:same:two/a']);
  });
});

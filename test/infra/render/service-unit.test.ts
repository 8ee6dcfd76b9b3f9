import { expect } from 'chai';
import { serviceUnit } from '../../../infra/render/service-unit.ts';

describe('serviceUnit', () => {
  const plain = { port: 8001, tls: false };

  it('tells a service its port, its name and which instance it is, quoted', () => {
    const { path, content } = serviceUnit('web', 'web_1', plain, {
      command: '/usr/bin/web --fast',
      environment: { GREETING: '50 % "off" \\o/', PORT: '1' },
      files: {},
    });
    expect(path).to.equal('/etc/systemd/system/web.service');
    expect(content.split('\n').filter((line) => /^(Env|ExecStart=|Work)/.test(line))).to.deep.equal(
      [
        'Environment="GREETING=50 %% \\"off\\" \\\\o/"',
        'Environment="PORT=8001"',
        'Environment="SERVICE=web"',
        'Environment="INSTANCE_ID=web_1"',
        'WorkingDirectory=/srv/smartstack/web',
        'ExecStart=/usr/bin/web --fast',
      ],
    );
  });

  it('starts a program that comes with the service from where its files are', () => {
    const started = (command: string): string | undefined => {
      const run = { command, environment: {}, files: { 'web.sh': 'a/web.sh' } };
      const { content } = serviceUnit('web', 'web_1', plain, run);
      return /^ExecStart=(.*)$/m.exec(content)?.[1];
    };
    expect(started('web.sh')).to.equal('/srv/smartstack/web/web.sh');
    expect(started('-@./web.sh web web.sh')).to.equal('-@/srv/smartstack/web/web.sh web web.sh');
    expect(started('sh web.sh')).to.equal('sh web.sh');
    expect(started('/opt/web.sh')).to.equal('/opt/web.sh');
  });

  it('lets nerve check when the service has started or ended, and never waits for it', () => {
    const run = { command: '/bin/true', environment: {}, files: {} };
    const lines = serviceUnit('web', 'web_1', plain, run).content.split('\n');
    const ask =
      '-/usr/bin/curl -s -o /dev/null -m 1 --unix-socket /run/smartstack/nerve.sock ' +
      '-X POST http://nerve/services/web/check';
    expect(lines).to.include.members([`ExecStartPost=${ask}`, `ExecStopPost=${ask}`]);
  });

  it('stops after nerve when the host goes down, and is not tied to it', () => {
    const run = { command: '/bin/true', environment: {}, files: {} };
    const { content } = serviceUnit('web', 'web_1', plain, run);
    expect(content).to.match(/^Before=nerve\.service$/m);
    expect(content).to.not.match(/^(Wants|Requires|BindsTo|PartOf)=.*nerve/m);
  });
});

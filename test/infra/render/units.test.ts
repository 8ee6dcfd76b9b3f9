import { expect } from 'chai';
import { haproxyUnit, nerveUnit, serviceUnit, synapseUnit } from '../../../infra/render/units.ts';

describe('units', () => {
  it('run hardened, as smartstack, and restart for ever', () => {
    const run = { command: '/bin/true', environment: {}, files: {} };
    for (const file of [nerveUnit(), synapseUnit(), haproxyUnit(), serviceUnit('a', 'h', 1, run)]) {
      expect(file.content.split('\n')).to.include.members([
        'User=smartstack',
        'NoNewPrivileges=yes',
        'ProtectSystem=strict',
        'Restart=always',
        'StartLimitIntervalSec=0',
      ]);
    }
  });

  it('never tie HAProxy to the life of synapse (law 1)', () => {
    expect(haproxyUnit().content).to.match(/^Wants=synapse\.service$/m);
    expect(haproxyUnit().content).to.not.match(/^(Requires|BindsTo|PartOf)=/m);
  });

  it('tell a service its port, its name and which instance it is, quoted', () => {
    const { path, content } = serviceUnit('web', 'web_1', 8001, {
      command: '/usr/bin/web --fast',
      environment: { GREETING: '50 % "off" \\o/', PORT: '1' },
      files: {},
    });
    expect(path).to.equal('/etc/systemd/system/web.service');
    expect(content.split('\n').filter((line) => /^(Env|Exec|Work)/.test(line))).to.deep.equal([
      'Environment="GREETING=50 %% \\"off\\" \\\\o/"',
      'Environment="PORT=8001"',
      'Environment="SERVICE=web"',
      'Environment="INSTANCE_ID=web_1"',
      'WorkingDirectory=/srv/smartstack/web',
      'ExecStart=/usr/bin/web --fast',
    ]);
  });
});

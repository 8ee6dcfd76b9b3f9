import { expect } from 'chai';
import { serviceUnit } from '../../../infra/render/service-unit.ts';
import { haproxyUnit, nerveUnit, synapseUnit, zookeeperUnit } from '../../../infra/render/units.ts';

describe('units', () => {
  it('run hardened, as smartstack, and restart for ever', () => {
    const run = { command: '/bin/true', environment: {}, files: {} };
    const service = serviceUnit('a', 'h', { port: 1, tls: false }, run);
    for (const file of [nerveUnit(), synapseUnit(), haproxyUnit(), service]) {
      expect(file.content.split('\n')).to.include.members([
        'User=smartstack',
        'NoNewPrivileges=yes',
        'ProtectSystem=strict',
        'Restart=always',
        'StartLimitIntervalSec=0',
      ]);
    }
  });

  it('size the heap of ZooKeeper where the catalog does, and leave it to the machine else', () => {
    expect(zookeeperUnit(512).content).to.match(/^Environment=ZK_SERVER_HEAP=512$/m);
    expect(zookeeperUnit(undefined).content).to.not.include('HEAP');
  });

  it('put requests before news where the processors are taken', () => {
    expect(haproxyUnit().content).to.match(/^CPUWeight=1000$/m);
    expect(haproxyUnit().content).to.match(/^Nice=-5$/m);
    expect(synapseUnit().content).to.match(/^Nice=5$/m);
    expect(nerveUnit().content).not.to.match(/^(?:CPUWeight|Nice)=/m);
  });

  it('log to the journal, which bounds what is kept', () => {
    for (const { content } of [nerveUnit(), synapseUnit(), haproxyUnit(), zookeeperUnit(128)]) {
      expect(content).to.not.match(/^Standard(Output|Error)=/m);
    }
  });

  it('never tie HAProxy to the life of synapse (law 1)', () => {
    expect(haproxyUnit().content).to.match(/^Wants=synapse\.service$/m);
    expect(haproxyUnit().content).to.not.match(/^(Requires|BindsTo|PartOf)=/m);
  });
});

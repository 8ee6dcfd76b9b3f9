import { expect } from 'chai';
import {
  type FirewallRule,
  planFirewall,
  quotaProblems,
  ruleName,
} from '../../../../../infra/targets/aws/firewall-plan.ts';
import { type FlowRequest, planFlows } from '../../../../../infra/targets/aws/flows.ts';
import { portRanges } from '../../../../../infra/targets/aws/port-ranges.ts';

const request: FlowRequest = {
  servicePorts: [8001, 8002, 9000],
  ensembleTls: false,
  statsd: undefined,
  sshFrom: ['203.0.113.0/24'],
  bastion: true,
  allowed: [],
};

describe('planFirewall', () => {
  it('opens exactly what the catalog needs', () => {
    expect(names(rules()).sort()).to.deep.equal([
      'bastion/in-tcp-22-from-203.0.113.0/24',
      'bastion/out-tcp-22-to-service',
      'bastion/out-tcp-22-to-zookeeper',
      'bastion/out-tcp-443-to-0.0.0.0/0',
      'bastion/out-tcp-80-to-0.0.0.0/0',
      'service/in-tcp-22-from-bastion',
      'service/in-tcp-8001-8002-from-service',
      'service/in-tcp-9000-from-service',
      'service/out-tcp-2181-to-zookeeper',
      'service/out-tcp-443-to-0.0.0.0/0',
      'service/out-tcp-80-to-0.0.0.0/0',
      'service/out-tcp-8001-8002-to-service',
      'service/out-tcp-9000-to-service',
      'zookeeper/in-tcp-2181-from-service',
      'zookeeper/in-tcp-2181-from-zookeeper',
      'zookeeper/in-tcp-22-from-bastion',
      'zookeeper/in-tcp-2888-from-zookeeper',
      'zookeeper/in-tcp-3888-from-zookeeper',
      'zookeeper/out-tcp-2181-to-zookeeper',
      'zookeeper/out-tcp-2888-to-zookeeper',
      'zookeeper/out-tcp-3888-to-zookeeper',
      'zookeeper/out-tcp-443-to-0.0.0.0/0',
      'zookeeper/out-tcp-80-to-0.0.0.0/0',
    ]);
  });

  it('lets ssh in at the hosts themselves where there is no bastion, and only from there', () => {
    const direct = rules({ bastion: false, sshFrom: ['10.0.0.0/8', '192.0.2.1/32'] });
    expect(names(direct).filter((name) => name.includes('-22-'))).to.have.members([
      'zookeeper/in-tcp-22-from-10.0.0.0/8',
      'service/in-tcp-22-from-10.0.0.0/8',
      'zookeeper/in-tcp-22-from-192.0.2.1/32',
      'service/in-tcp-22-from-192.0.2.1/32',
    ]);
    expect(direct.filter(({ group }) => group === 'bastion')).to.deep.equal([]);
  });

  it('lets nothing else in from outside, and opens each way in on the other side as a way out', () => {
    const all = rules();
    const fromOutside = all.filter(
      ({ direction, peer }) => direction === 'in' && peer.includes('/'),
    );
    expect(names(fromOutside)).to.deep.equal(['bastion/in-tcp-22-from-203.0.113.0/24']);
    for (const { direction, group, peer, first, last } of all) {
      if (direction === 'out' || peer.includes('/')) continue;
      const wayOut = all.find(
        (rule) =>
          rule.direction === 'out' &&
          rule.group === peer &&
          rule.peer === group &&
          rule.first === first &&
          rule.last === last,
      );
      expect(wayOut, `${peer} to ${group} at ${first}`).not.to.equal(undefined);
    }
  });

  it('lets metrics out to a statsd server by its address, never to this host', () => {
    const out = names(rules({ statsd: { host: '10.1.2.3', port: 8125 } }));
    expect(out).to.include('service/out-udp-8125-to-10.1.2.3/32');
    for (const host of ['localhost', '127.0.0.1', 'statsd.example']) {
      expect(names(rules({ statsd: { host, port: 8125 } })).join()).not.to.include('udp');
    }
  });

  it('opens what the configuration asks for, once', () => {
    const wanted = { source: 'service', destination: '10.8.0.5/32', protocol: 'tcp' } as const;
    const flow = { ...wanted, first: 5432, last: 5432, why: 'database' };
    const asked = rules({ allowed: [flow, flow] });
    expect(names(asked).filter((name) => name.includes('5432'))).to.deep.equal([
      'service/out-tcp-5432-to-10.8.0.5/32',
    ]);
  });

  it('keeps names and descriptions to what AWS takes', () => {
    for (const { why } of rules()) expect(why).to.match(/^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/);
  });

  it('says so when a group would have more rules than AWS takes', () => {
    const everyOther = Array.from({ length: 62 }, (_, index) => 8000 + 2 * index);
    const problems = quotaProblems(rules({ servicePorts: everyOther }), 60);
    expect(problems.map(({ message }) => message.split(';')[0])).to.deep.equal([
      'is 60, but hosts with the role service need 63 rules for what goes in',
      'is 60, but hosts with the role service need 65 rules for what goes out',
    ]);
    const inARow = Array.from({ length: 300 }, (_, index) => 8000 + index);
    expect(quotaProblems(rules({ servicePorts: inARow }), 60)).to.deep.equal([]);
  });
});

describe('portRanges', () => {
  it('joins neighbours, and nothing else', () => {
    expect(portRanges([])).to.deep.equal([]);
    expect(portRanges([9, 3, 2, 1, 3, 5])).to.deep.equal([
      { first: 1, last: 3 },
      { first: 5, last: 5 },
      { first: 9, last: 9 },
    ]);
  });
});

function rules(change: Partial<FlowRequest> = {}): readonly FirewallRule[] {
  return planFirewall(planFlows({ ...request, ...change }));
}

function names(all: readonly FirewallRule[]): string[] {
  return all.map(ruleName);
}

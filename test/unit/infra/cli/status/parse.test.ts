import { expect } from 'chai';
import {
  parseHttpJson,
  parseShowStat,
  parseSrvr,
  parseUnits,
} from '../../../../../infra/cli/status/parse.ts';
import { splitParts } from '../../../../../infra/cli/status/script.ts';

describe('status', () => {
  it('splits what a host answers into its parts', () => {
    const parts = splitParts('\n@@ units\nId=a\n\nId=b\n\n@@ zookeeper\n\n@@ nerve\nx\n');
    expect([...parts]).to.deep.equal([
      ['units', 'Id=a\n\nId=b'],
      ['zookeeper', ''],
      ['nerve', 'x'],
    ]);
  });

  it('reads units, leaving out those that do not exist', () => {
    const text =
      'NRestarts=2\nId=nerve.service\nLoadState=loaded\nActiveState=active\nSubState=running\n\n' +
      'Id=gone.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead';
    expect(parseUnits(text)).to.deep.equal({
      nerve: { state: 'active', detail: 'running', restarts: 2 },
    });
  });

  it('reads a member, one without a quorum, and one that is silent', () => {
    const text = 'Zookeeper version: 3.9.4-abc, built on x\nConnections: 3\nMode: follower\n';
    expect(parseSrvr(text)).to.deep.equal({ mode: 'follower', version: '3.9.4', connections: 3 });
    expect(parseSrvr('This ZooKeeper instance is not currently serving requests')?.mode).to.equal(
      'none',
    );
    expect(parseSrvr('')).to.equal(undefined);
  });

  it('reads the body of a good answer only', () => {
    expect(parseHttpJson('HTTP/1.1 200 OK\r\nA: b\r\n\r\n{"x":1}')).to.deep.equal({ x: 1 });
    expect(parseHttpJson('HTTP/1.1 500 No\r\n\r\n{"x":1}')).to.equal(undefined);
    expect(parseHttpJson('')).to.equal(undefined);
  });

  it('reads the servers of every backend', () => {
    const text =
      '# pxname,svname,scur,status,weight,\nweb,FRONTEND,1,OPEN,,\n' +
      'web,a_1.2.3.4:80,2,UP,10,\nweb,BACKEND,2,UP,10,\n';
    expect(parseShowStat(text)).to.deep.equal([
      { backend: 'web', server: 'a_1.2.3.4:80', status: 'UP', weight: 10, sessions: 2 },
    ]);
  });
});

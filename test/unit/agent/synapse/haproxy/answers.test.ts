import { expect } from 'chai';
import {
  AnswerError,
  parseInfo,
  parseLoads,
  parseServersState,
} from '../../../../../agent/synapse/haproxy/answers.ts';

const heading =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state ' +
  'srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl';
// As HAProxy 2.6.12 printed them.
const rows = [
  '3 s 1 up 127.0.0.1 2 0 1 1 17 15 3 3 6 0 0 1 - 19001 - 0',
  '3 s 2 drained ::1 2 8 7 1 1 15 3 3 6 0 0 1 - 19002 - 0',
  '3 s 3 down 127.0.0.1 0 0 1 1 1 8 2 0 6 0 0 1 - 19009 - 0',
  '3 s 4 new 127.0.0.1 0 1 10 10 0 1 0 0 2 0 0 1 - 19003 - 0',
  '3 s 5 maint 127.0.0.1 0 1 1 1 1 15 3 0 14 0 0 1 - 19004 - 0',
];
const answer = `1\n${[heading, ...rows].join('\n')}\n\n`;

describe('parseServersState', () => {
  it('reads states by the names of the columns', () => {
    const servers = parseServersState(answer);
    expect(servers[1]).to.deep.equal({
      backend: 's',
      backendId: 3,
      name: 'drained',
      id: 2,
      address: '::1',
      port: 19_002,
      admin: 'drain',
      up: true,
      weight: 7,
      check: 'passing',
      initialWeight: 1,
      unfinished: false,
    });
    const short = servers.map(({ name, admin, up, check, unfinished }) =>
      [name, admin, up, check, unfinished].join(' '),
    );
    expect(short).to.deep.equal([
      'up ready true passing false',
      'drained drain true passing false',
      'down ready false failing false',
      'new maint false none true',
      'maint maint false passing false',
    ]);
  });

  it('refuses what is no such answer', () => {
    expect(() => parseServersState('Permission denied\n')).to.throw(AnswerError);
  });
});

describe('parseInfo', () => {
  it('finds the process and the text that it runs', () => {
    const info =
      'Name: HAProxy\nVersion: 2.6.12\nPid: 77\ndescription: x synapse:0123456789abcdef\n';
    expect(parseInfo(info)).to.deep.equal({
      pid: 77,
      version: '2.6.12',
      fingerprint: '0123456789abcdef',
    });
    expect(parseInfo('Pid: 1\n').fingerprint).to.equal(undefined);
    expect(() => parseInfo('')).to.throw(AnswerError);
  });
});

describe('parseLoads', () => {
  it('adds up sessions, queue and connections of each server', () => {
    const stat = '# pxname,svname,qcur,scur,used_conn_cur,\ns,a,1,2,1,\ns,b,0,0,0,\n\n';
    expect(parseLoads(stat)).to.deep.equal(new Map(Object.entries({ a: 4, b: 0 })));
  });

  it('takes what it is not told for nothing', () => {
    expect(parseLoads('# pxname,svname,qcur,scur,\ns,a,1,2,\n\n').get('a')).to.equal(3);
    expect(parseLoads('# pxname,svname\n\n').size).to.equal(0);
  });
});

import { expect } from 'chai';
import { serverStateText } from '../../../../../agent/synapse/haproxy/server-state-text.ts';

// As HAProxy 2.6.12 printed them.
const heading =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight ' +
  'srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state ' +
  'srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl';
const rest = '15 3 3 6 0 0 1 - 19001 - 0';

function answer(...rows: readonly string[]): string {
  return `1\n${[heading, ...rows.map((row) => `${row} ${rest}`)].join('\n')}\n`;
}

describe('serverStateText', () => {
  const options = { isRetiring: () => false, weightOf: () => undefined, newcomers: [] };

  it('leaves out the servers that synapse retires, and the passing of time', () => {
    const given = answer('3 s 1 up 127.0.0.1 2 0 1 1 17', '3 s 5 maint ::1 0 1 1 1 5');
    const isRetiring = (backend: string, server: string): boolean =>
      `${backend}/${server}` === 's/maint';
    expect(serverStateText(`${given}\n`, { ...options, isRetiring })).to.equal(
      answer('3 s 1 up 127.0.0.1 2 0 1 1 0'),
    );
  });

  it('tells of newcomers that they are down, and checked', () => {
    const words = ['id', '7', 'check', 'weight', '3'];
    const line = { name: 'new', address: '[::1]:80', words };
    const old = { backend: 's', line: { ...line, name: 'old' } };
    const newcomers = [{ backend: 's', line }, old];
    const given = answer('3 s 1 old 127.0.0.1 2 0 1 1 0');
    expect(serverStateText(given, { ...options, newcomers })).to.equal(
      `${given}0 s 7 new ::1 0 0 3 3 0 1 2 0 6 0 0 1 - 80 - 0\n`,
    );
  });

  it('takes one that synapse retired, and that comes back unvouched, for a newcomer', () => {
    const line = { name: 'back', address: '127.0.0.1:80', words: ['check'] };
    const given = answer('3 s 1 back 127.0.0.1 2 1 1 1 0');
    const text = serverStateText(given, {
      ...options,
      isRetiring: () => true,
      newcomers: [{ backend: 's', line }],
    });
    expect(text).to.equal(`${answer()}0 s 0 back 127.0.0.1 0 0 1 1 0 1 2 0 6 0 0 0 - 80 - 0\n`);
  });

  it('says which weight synapse gave, so that one set by hand is known as such', () => {
    const given = answer('3 s 1 ours 127.0.0.1 2 0 0 3 0', '3 s 2 own 127.0.0.1 2 0 7 1 0');
    const weightOf = (_: string, server: string): number | undefined =>
      server === 'ours' ? 5 : undefined;
    expect(serverStateText(given, { ...options, weightOf })).to.equal(
      answer('3 s 1 ours 127.0.0.1 2 0 0 5 0', '3 s 2 own 127.0.0.1 2 0 7 1 0'),
    );
  });
});

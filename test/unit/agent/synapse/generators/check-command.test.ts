import { expect } from 'chai';
import { planCheck } from '../../../../../agent/synapse/generators/check-command.ts';

const plan = (command: string, candidate = '/tmp/new.conf') =>
  planCheck(command, '/etc/nginx/nginx.conf', candidate);

describe('planCheck', () => {
  it('puts the candidate where the command names the file', () => {
    expect(plan('nginx -t -c /etc/nginx/nginx.conf && echo /etc/nginx/nginx.conf')).to.deep.equal({
      command: 'nginx -t -c /tmp/new.conf && echo /tmp/new.conf',
      seesCandidate: true,
    });
  });

  it('puts it for %s as one word', () => {
    expect(plan('check %s "%s"').command).to.equal('check /tmp/new.conf "/tmp/new.conf"');
    expect(plan('check %s', "/tmp/o'k $&").command).to.equal(`check '/tmp/o'\\''k $&'`);
    expect(plan('check %s').seesCandidate).to.equal(true);
  });

  it('takes no longer path for the file', () => {
    for (const command of [
      'service nginx configtest',
      'ls /etc/nginx/nginx.conf.d',
      'cat /chroot/etc/nginx/nginx.conf',
    ]) {
      expect(plan(command)).to.deep.equal({ command, seesCandidate: false });
    }
  });
});

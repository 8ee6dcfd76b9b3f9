import { expect } from 'chai';
import {
  checkRegistryOptions,
  fillTemplate,
  withoutOption,
} from '../../../../../agent/synapse/haproxy/server-options.ts';

describe('checkRegistryOptions', () => {
  it('lets listed keywords with values of their kind through', () => {
    const text = '  weight 10 check  inter 2s rise 3 backup observe layer7 slowstart 500ms ';
    expect(checkRegistryOptions(text)).to.deep.equal({
      ok: true,
      words: text.trim().split(/\s+/),
    });
  });

  for (const text of [
    'resolvers dns',
    'ca-file /etc/passwd',
    'weight',
    'weight 257',
    'weight -1',
    'check ; shutdown',
    'check\\',
    'cookie "a b"',
    'inter 2x',
    'addr some.name.example',
    'addr fe80::1%eth0',
    'cookie weight',
    'cookie id',
    'cookie enabled',
    'alpn check',
    'id 0',
    'id 00',
    'id 5 id 6',
    'port 0',
    'port 65536',
    'check # rest',
    'disabled',
    'init-addr none',
    'sni str(x)',
    '$HOME',
    'verify required',
    'on-marked-down shutdown-everything',
  ]) {
    it(`refuses ${text}`, () => {
      expect(checkRegistryOptions(text)).to.include({ ok: false });
    });
  }

  for (const text of ['check addr 10.0.0.9 port 81', 'check addr fd00::9']) {
    it(`takes ${text}`, () => {
      expect(checkRegistryOptions(text)).to.deep.equal({ ok: true, words: text.split(' ') });
    });
  }

  it('quotes nothing of illegal form in its reason', () => {
    const checked = checkRegistryOptions('\u001b[31mred');
    expect(checked.ok ? '' : checked.reason).to.equal(
      'haproxy_server_options: a word of illegal form is not allowed from the registry',
    );
  });
});

describe('fillTemplate', () => {
  it('fills in what it knows, and leaves the rest', () => {
    const values = { host: 'h', port: '1', name: 'n' };
    expect(fillTemplate('a %{host}:%{port} %{name} %{what} 50%% %', values)).to.equal(
      'a h:1 n %{what} 50% %',
    );
  });
});

describe('withoutOption', () => {
  it('removes each occurrence with its argument', () => {
    expect(withoutOption(['weight', '1', 'check', 'weight', '2'], 'weight')).to.eql(['check']);
  });
});

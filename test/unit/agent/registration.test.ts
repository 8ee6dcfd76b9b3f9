import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import {
  childPrefix,
  encodeRegistration,
  parseChildName,
  parseRegistration,
  type Registration,
} from '../../../agent/registration.ts';

const plain: Registration = { host: '10.0.0.5', port: 3333, name: 'service_a_node_1' };

const parse = (value: unknown) => parseRegistration(Buffer.from(JSON.stringify(value)));

describe('registration', () => {
  describe('encodeRegistration', () => {
    it('writes the fields in the original order and labels by key', () => {
      const full: Registration = {
        labels: { zone: 'b', az: 'a' },
        haproxy_server_options: 'backup',
        weight: 3,
        ...plain,
      };
      expect(encodeRegistration(full).toString()).to.equal(
        '{"host":"10.0.0.5","port":3333,"name":"service_a_node_1","weight":3,' +
          '"haproxy_server_options":"backup","labels":{"az":"a","zone":"b"}}',
      );
      expect(encodeRegistration(plain).toString()).to.equal(
        '{"host":"10.0.0.5","port":3333,"name":"service_a_node_1"}',
      );
    });
  });

  describe('advice of ours', () => {
    it('is written last, where the originals overlook it, and read back', () => {
      const leaving = { ...plain, weight: 0, draining: true, downtime_at: 1_700_000_000 };
      expect(encodeRegistration(leaving).toString()).to.match(
        /"weight":0,"draining":true,"downtime_at":1700000000\}$/,
      );
      expect(parseRegistration(encodeRegistration(leaving))).to.deep.equal({
        ok: true,
        registration: leaving,
      });
    });

    it('counts for nothing where it makes no sense; the instance is good all the same', () => {
      for (const advice of [
        { draining: 'yes' },
        { draining: false },
        { downtime_at: -1 },
        { downtime_at: 1.5 },
        { downtime_at: '1700000000' },
        { downtime_at: 1e15 },
      ]) {
        expect(parse({ ...plain, ...advice })).to.deep.equal({ ok: true, registration: plain });
      }
    });
  });

  describe('childPrefix', () => {
    it('is the name, or the padded URL-safe base64 of the data with its length', () => {
      expect(childPrefix(plain, false)).to.equal('service_a_node_1_');
      const data = encodeRegistration(plain).toString('base64');
      expect(childPrefix(plain, true)).to.equal(`base64_${data.length}_${data}_`);
    });

    it('falls back to the name when the encoding would be too long', () => {
      const labels = Object.fromEntries(
        Array.from({ length: 60 }, (_, index) => [`l${index}`, 'x'.repeat(1_000)]),
      );
      expect(childPrefix({ ...plain, labels }, true)).to.equal('service_a_node_1_');
    });
  });

  describe('parseChildName', () => {
    it('splits a plain name from its sequence', () => {
      expect(parseChildName('service_a_node_1_0000000042')).to.deep.equal({
        kind: 'plain',
        instanceId: 'service_a_node_1',
        sequence: 42,
      });
      expect(parseChildName('a_-000000005')).to.deep.include({ instanceId: 'a', sequence: -5 });
      expect(parseChildName('a_-2147483648')).to.deep.include({ sequence: -2147483648 });
    });

    it('accepts the names of non-sequential nodes', () => {
      expect(parseChildName('node_1_')).to.deep.equal({
        kind: 'plain',
        instanceId: 'node_1',
        sequence: undefined,
      });
      expect(parseChildName('node')).to.deep.include({ instanceId: 'node', sequence: undefined });
    });

    it('reads back what childPrefix encodes, underscores of the alphabet included', () => {
      const registration: Registration = { ...plain, labels: { odd: '~~~???>>>' } };
      const prefix = childPrefix(registration, true);
      expect(prefix).to.match(/[_-].*_$/);
      expect(parseChildName(`${prefix}0000000007`)).to.deep.equal({
        kind: 'encoded',
        registration,
        sequence: 7,
      });
    });

    for (const child of [
      '_c_6a1f3c9e-7f0b-4a57-9f4e-3b8f4f1f2a10-member_0000000042',
      'base64_0000000042',
      'base64_4_0000000042',
      'base64_999_aGVsbG8=_0000000042',
      'base64_8_aGVsbG8=_0000000042',
      'base64_4_bnVsbA==_0000000042',
      'web@10.0.0.1:80;v=2_0000000042',
    ]) {
      it(`leaves ${child} to the data of the node`, () => {
        expect(parseChildName(child)).to.deep.equal({
          kind: 'plain',
          instanceId: child.slice(0, -'_0000000042'.length),
          sequence: 42,
        });
      });
    }

    for (const child of [
      'a\nb_0000000001',
      'a b_0000000001',
      '../etc_0000000001',
      'e\u001b[31m_0000000001',
      'ü_0000000001',
      '..',
      '.',
      '',
      ' ',
    ]) {
      it(`refuses ${JSON.stringify(child)}`, () => {
        expect(parseChildName(child).kind).to.equal('invalid');
      });
    }
  });

  describe('parseRegistration', () => {
    it('keeps what it knows, drops the rest', () => {
      const registration = { ...plain, weight: 0, labels: { az: 'x' } };
      expect(parse({ ...registration, extra: 1 })).to.deep.equal({ ok: true, registration });
    });

    it('reads scalars in labels as text and null as missing, as Ruby writes them', () => {
      expect(parse({ ...plain, weight: null, labels: { shard: 3, canary: true } })).to.deep.equal({
        ok: true,
        registration: { ...plain, labels: { canary: 'true', shard: '3' } },
      });
    });

    it('falls back to the host for a registration without a name', () => {
      expect(parse({ host: 'db1', port: 1 })).to.deep.equal({
        ok: true,
        registration: { host: 'db1', port: 1, name: 'db1' },
      });
    });

    it('takes digits for a port, as Ruby does', () => {
      expect(parse({ ...plain, port: '3333' })).to.deep.equal({ ok: true, registration: plain });
    });

    it('counts a weight as the original does: none but whole ones, 256 at most here', () => {
      for (const weight of [-1, 1.5, '10', 'heavy', [], {}, true, null]) {
        expect(parse({ ...plain, weight })).to.deep.equal({ ok: true, registration: plain });
      }
      const heaviest = { ok: true, registration: { ...plain, weight: 256 } };
      expect(parse({ ...plain, weight: 256 })).to.deep.equal(heaviest);
      expect(parse({ ...plain, weight: 1_000 })).to.deep.equal(heaviest);
    });

    it('does without the labels that are none, and keeps the others', () => {
      const labels = {
        ...{ az: 'x', empty: '', nothing: null, nested: { a: 1 }, list: [1] },
        ...{ feed: 'a\nb', long: 'x'.repeat(1_025), '': 'y', 'a\u0000': 'y' },
      };
      expect(parse({ ...plain, labels })).to.deep.equal({
        ok: true,
        registration: { ...plain, labels: { az: 'x', empty: '' } },
      });
    });

    const tooMany = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [index, 'x']));
    const hostile: readonly (readonly [string, unknown, string])[] = [
      ['a list', [], 'the data is not a JSON object'],
      ['null', null, 'the data is not a JSON object'],
      ['no host', { port: 1 }, 'host is no address or host name'],
      ['a line feed in the host', { ...plain, host: 'a\nb' }, 'host is no address or host name'],
      ['spaces in the host', { ...plain, host: 'a check' }, 'host is no address or host name'],
      ['a zone in the host', { ...plain, host: 'fe80::1%x' }, 'host is no address or host name'],
      ['port 0', { ...plain, port: 0 }, 'port is no integer from 1 to 65535'],
      ['a port in words', { ...plain, port: '80 check' }, 'port is no integer from 1 to 65535'],
      [
        'a port of digits too high',
        { ...plain, port: '65536' },
        'port is no integer from 1 to 65535',
      ],
      ['a name with a slash', { ...plain, name: '../a' }, 'name has illegal form'],
      ['labels as a list', { ...plain, labels: ['a'] }, 'labels is no small object'],
      ['too many labels', { ...plain, labels: tooMany }, 'labels is no small object'],
      [
        'options with a line feed',
        { ...plain, haproxy_server_options: 'backup\nserver evil' },
        'haproxy_server_options is no plain single-line string',
      ],
    ];
    for (const [title, value, reason] of hostile) {
      it(`refuses ${title}`, () => {
        expect(parse(value)).to.deep.equal({ ok: false, reason });
      });
    }

    it('refuses bytes that are no UTF-8, no JSON, or too many', () => {
      expect(parseRegistration(Buffer.from([0xff, 0xfe]))).to.include({ ok: false });
      expect(parseRegistration(Buffer.from('{'))).to.include({ reason: 'the data is not JSON' });
      expect(parseRegistration(Buffer.alloc(65_537, 32))).to.deep.equal({
        ok: false,
        reason: 'more than 65536 bytes of data',
      });
    });
  });
});

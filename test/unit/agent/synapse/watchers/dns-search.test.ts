import { expect } from 'chai';
import {
  candidatesFor,
  parseSearchList,
  searchFor,
} from '../../../../../agent/synapse/watchers/dns-search.ts';

describe('names in DNS that are short', () => {
  it('are searched for where resolv.conf says, the last line of a kind winning', () => {
    const text = [
      '# search in.a.comment',
      'nameserver 10.0.0.2',
      'domain one.example',
      'search  two.example\tthree.example ',
      'options timeout:1 ndots:2 rotate',
      '',
    ].join('\n');
    const list = { domains: ['two.example', 'three.example'], dots: 2 };
    expect(parseSearchList(text, 'host.own.example')).to.deep.equal(list);
    const domain = parseSearchList('search a.example\ndomain b.example', 'host');
    expect(domain).to.deep.equal({ domains: ['b.example'], dots: 1 });
  });

  it("are searched for in the host's own domain where it says nothing, or is not there", () => {
    const list = { domains: ['own.example'], dots: 1 };
    expect(parseSearchList('', 'host.own.example')).to.deep.equal(list);
    expect(parseSearchList('nameserver 10.0.0.2\n', 'host')).to.deep.equal({
      ...list,
      domains: [],
    });
  });

  it('come last themselves, longer ones first, whole ones alone', () => {
    const list = { domains: ['a.example', 'b.example'], dots: 1 };
    expect(candidatesFor('web', list)).to.deep.equal(['web.a.example', 'web.b.example', 'web']);
    expect(candidatesFor('web.prod', list)).to.deep.equal([
      ...['web.prod', 'web.prod.a.example', 'web.prod.b.example'],
    ]);
    expect(candidatesFor('web.', list)).to.deep.equal(['web.']);
    expect(candidatesFor('web.prod', { ...list, dots: 2 }).at(-1)).to.equal('web.prod');
  });

  describe('searchFor', () => {
    const list = { domains: ['a.example', 'b.example'], dots: 1 };
    /** Asks a name server with these answers; whatever else there is does not exist. */
    const search = async (name: string, answers: Readonly<Record<string, string>>) => {
      const asked: string[] = [];
      const result = await searchFor(name, list, (candidate) => {
        asked.push(candidate);
        const answer = answers[candidate] ?? 'ENOTFOUND';
        if (!answer.startsWith('E')) return Promise.resolve(answer);
        return Promise.reject(Object.assign(new Error(answer), { code: answer }));
      }).catch((error: unknown) => String(error));
      return [result, asked.length];
    };

    it('takes the first that is there', async () => {
      expect(await search('web', { 'web.b.example': '10.0.0.1', web: '10.0.0.2' })).to.deep.equal([
        ...['10.0.0.1', 2],
      ]);
      expect(await search('web.prod', { 'web.prod': '10.0.0.2' })).to.deep.equal(['10.0.0.2', 1]);
      const foreign = { 'web.prod': 'EREFUSED', 'web.prod.a.example': '10.0.0.1' };
      expect(await search('web.prod', foreign)).to.deep.equal(['10.0.0.1', 2]);
    });

    it('believes that there is none when all of them are not there', async () => {
      expect(await search('web', {})).to.deep.equal(['Error: ENOTFOUND', 3]);
      const foreign = { 'web.prod.a.example': 'EREFUSED', 'web.prod.b.example': 'EREFUSED' };
      expect(await search('web.prod', foreign)).to.deep.equal(['Error: ENOTFOUND', 3]);
    });

    it('ends at one that is there without such a record, and where nobody knows', async () => {
      expect(await search('web', { 'web.a.example': 'ENODATA' })).to.deep.equal([
        ...['Error: ENODATA', 1],
      ]);
      expect(await search('web', { 'web.a.example': 'ESERVFAIL' })).to.deep.equal([
        ...['Error: ESERVFAIL', 1],
      ]);
      expect(await search('web', { web: 'EREFUSED' })).to.deep.equal(['Error: EREFUSED', 3]);
    });
  });
});

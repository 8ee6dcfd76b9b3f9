import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import {
  announcementPath,
  type Departure,
  departedPath,
  encodeDeparture,
  parseDeparture,
} from '../../../agent/departure.ts';
import { childPrefix } from '../../../agent/registration.ts';

const departed = { host: '10.0.0.5', port: 80, name: 'node_1' };
const parse = (value: unknown) => parseDeparture(Buffer.from(JSON.stringify(value)));

describe('a departure', () => {
  it('is announced beside the service, never among its instances', () => {
    expect(departedPath('/prod/services/web/services')).to.equal(
      '/prod/services/web/services_departed',
    );
  });

  it('has the name of the node, where that is used once', () => {
    expect(announcementPath('/s/node_1_0000000042')).to.equal('/s_departed/node_1_0000000042');
    const encoded = `${childPrefix(departed, true)}0000000042`;
    expect(announcementPath(`/s/${encoded}`)).to.equal(`/s_departed/${encoded}`);
    expect(announcementPath('/s/node_1_')).to.equal(undefined);
    expect(announcementPath(`/s/${childPrefix(departed, true)}`)).to.equal(undefined);
  });

  it('says who leaves and why', () => {
    const departure: Departure = { reason: 'drained', ...departed };
    const data = encodeDeparture(departure);
    expect(data.toString()).to.equal(
      '{"reason":"drained","host":"10.0.0.5","port":80,"name":"node_1"}',
    );
    expect(parseDeparture(data)).to.deep.equal(departure);
  });

  it('is understood without a reason, or with one of a later version', () => {
    expect(parse({ reason: 'retired', ...departed })).to.deep.equal({
      reason: undefined,
      ...departed,
    });
    expect(parse(departed)).to.deep.include(departed);
  });

  it('is none when its bytes say no such thing', () => {
    for (const value of [
      null,
      [],
      'x',
      4,
      {},
      { ...departed, host: 'a\nb' },
      { reason: 'drained' },
    ]) {
      expect(parse(value)).to.equal(undefined);
    }
    expect(parseDeparture(Buffer.from('{'))).to.equal(undefined);
    expect(parseDeparture(Buffer.from([0xff]))).to.equal(undefined);
  });
});

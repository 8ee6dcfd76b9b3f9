import { expect } from 'chai';
import { Ledger } from '../../../integration/traffic/generator/ledger.ts';
import { parseHostOutput, recordsOf } from '../../../integration/traffic/host-output.ts';
import {
  formatRecord,
  parseRecord,
  type WireRecord,
} from '../../../integration/traffic/wire-record.ts';

const answered: WireRecord = {
  flow: 2,
  dueMs: 1_700_000_000_000.5,
  startMs: 1_700_000_000_001,
  endMs: 1_700_000_000_012.5,
  connectedMs: 1_699_999_999_000.5,
  instance: 'service_a_node_1',
  cause: '',
};
const refused: WireRecord = {
  ...answered,
  connectedMs: undefined,
  instance: '',
  cause: 'refused',
};

describe('records on the wire', () => {
  it('are one short line each', () => {
    expect(formatRecord(answered)).to.equal(
      '2\t1700000000000.5\t0.5\t12.0\t-1000.0\tservice_a_node_1\t',
    );
    expect(formatRecord(refused)).to.equal('2\t1700000000000.5\t0.5\t12.0\t\t\trefused');
  });

  it('come back as they were', () => {
    expect(parseRecord(formatRecord(answered))).to.deep.equal(answered);
    expect(parseRecord(formatRecord(refused))).to.deep.equal(refused);
  });

  it('stay one line whatever a server says of itself', () => {
    const line = formatRecord({ ...answered, instance: 'two\tcells\nand a line'.repeat(20) });
    const { instance } = parseRecord(line);
    expect(instance)
      .to.match(/^two cells and a line/)
      .and.to.have.length(100);
  });

  it('refuse what is none', () => {
    for (const line of ['', 'x', '1\t2\t3', `${formatRecord(answered)}\tmore`]) {
      expect(() => parseRecord(line)).to.throw('not a record of a request');
    }
  });

  it('are told once, packed, with the counts since the start', () => {
    const ledger = new Ledger();
    for (let count = 0; count < 3; count += 1) ledger.countSent();
    ledger.countMissed(4);
    ledger.add(answered);
    ledger.add(refused);
    const output = parseHostOutput(JSON.stringify({ frame: ledger.take() }));
    if (!('frame' in output)) throw new Error('no frame');
    expect(output.frame).to.deep.include({ sent: 3, failed: 1, open: 1, missed: 4 });
    expect(recordsOf(output.frame)).to.deep.equal([answered, refused]);
    expect(ledger.take()).to.deep.equal({ sent: 3, failed: 1, open: 1, missed: 4, records: '' });
  });
});

import { expect } from 'chai';
import {
  measured,
  nothingChanges,
  openSession,
  type Session,
  succeeds,
} from '../support/session.ts';

describe('npm run up', () => {
  let session: Session;

  before(async () => {
    session = await openSession();
  });
  after(() => session.hosts.close());

  it('changes nothing the second time, and says so', async () => {
    const run = await succeeds('up');
    measured('up with nothing to change', `${run.seconds.toFixed(1)} s`);
    expect(run.output).to.match(nothingChanges);
  });

  it('prints the hosts and how to try it', async () => {
    const { output } = await succeeds('up');
    for (const name of Object.keys(session.outputs.hosts)) {
      expect(output).to.include(name).and.to.include(session.hosts.address(name));
    }
    expect(output).to.include('3333');
  });

  it('has a preview that reads as nothing to do', async () => {
    const { output } = await succeeds('preview');
    expect(output).to.match(nothingChanges);
  });

  it('has a status that sees all hosts, for people and for programs', async () => {
    expect((await succeeds('status')).output).to.include('service_a');
    const { output } = await succeeds('status', ['--json']);
    const status = JSON.parse(output.slice(output.indexOf('{')));
    expect(Object.keys(status.hosts)).to.have.members(Object.keys(session.outputs.hosts));
  });
});

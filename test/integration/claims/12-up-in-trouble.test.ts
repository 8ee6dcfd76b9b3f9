import { expect } from 'chai';
import { catalogFile, greeterOn, removeCatalogFiles } from '../support/catalog-file.ts';
import { eventually } from '../support/poll.ts';
import { nothingChanges, openSession, type Session, stack, succeeds } from '../support/session.ts';
import { npmRun } from '../support/stack.ts';

const host = 'service_b_node_1';
const folder = '/srv/smartstack/greeter';
/** As either engine says it. */
const cutConnection =
  /the connection broke while|connection (closed|reset)|without exit status or exit signal/;

describe('an up that meets trouble', () => {
  let session: Session;
  let catalog: string;

  before(async () => {
    session = await openSession();
    catalog = await catalogFile('trouble', greeterOn(host));
  });
  after(async () => {
    session.hosts.close();
    await removeCatalogFiles();
  });
  afterEach(async () => {
    await session.hosts.run(host, `umount ${folder} 2> /dev/null || true`);
    await succeeds('up');
    const left = await session.hosts.run(host, `ls -d ${folder} 2> /dev/null || true`);
    expect(left).to.equal('');
  });

  async function finishes(): Promise<void> {
    await succeeds('up', [], { catalog });
    await eventually(15_000, () =>
      session.hosts.get('service_a_node_1', 'http://127.0.0.1:3335/ping'),
    );
    expect((await succeeds('preview', [], { catalog })).output).to.match(nothingChanges);
  }

  it('names the file for which a host has no room, and finishes once it has', async () => {
    const full = 'dd if=/dev/zero of=filler bs=4k 2> /dev/null || true';
    await session.hosts.run(
      host,
      `mkdir -p ${folder}; mount -t tmpfs -o size=16k drill ${folder}; cd ${folder}; ${full}`,
    );
    const { status, output } = await npmRun(stack, 'up', [], { catalog });
    expect(status).to.equal(1);
    expect(output).to.include(`${host}/srv/smartstack/greeter/greeter.ts`);
    expect(output).to.include('No space left on device');
    await session.hosts.run(host, `umount ${folder}`);
    await finishes();
  });

  it('fails where connections are cut in the middle, and finishes next time', async () => {
    const cut = `pkill -9 -f '^sshd: [a-z]+(@| .priv.)'`;
    const begun = `until test -e ${folder}; do sleep 0.02; done`;
    await session.hosts.run(
      host,
      `systemd-run -q --collect --unit=drill-cut bash -c "${begun}; for n in 1 2 3; do ${cut}; sleep 0.2; done"`,
    );
    const { status, output } = await npmRun(stack, 'up', [], { catalog });
    expect(status).to.equal(1);
    expect(output).to.match(cutConnection).and.include(`${host}/`);
    // The Pulumi CLI prints its provider's words, and no advice.
    const isBuiltIn = output.includes('with the built-in engine');
    if (isBuiltIn) expect(output).to.match(/→ .*[Rr]un the same again/);
    await finishes();
  });
});

/** Programs and settings of the release, as they stand in the repository, without the jars. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ScriptBed } from '../../support/script-bed.ts';

const folder = 'infra/releases/zookeeper';

describe('the programs of the ZooKeeper release', () => {
  let bed: ScriptBed;

  beforeEach(() => {
    bed = new ScriptBed();
    bed.program('java');
  });
  afterEach(() => bed.remove());

  function serverFlags(environment: string): readonly string[] {
    const program = `${folder}/bin/zkServer.sh`;
    const { stdout, stderr } = bed.run(`env -u JAVA_HOME ${environment} ${program} print-cmd`);
    expect(stderr).to.equal('');
    return stdout.split(' ').filter((word) => word.startsWith('-X'));
  }

  it('give the server a quarter of the memory, and end it where that is too little', () => {
    const otherwise = '-XX:+ExitOnOutOfMemoryError';
    expect(serverFlags('')).to.deep.equal(['-XX:MaxRAMPercentage=25', otherwise]);
    expect(serverFlags('ZK_SERVER_HEAP=512')).to.deep.equal(['-Xmx512m', otherwise]);
  });

  it('log to one stream and to no file: the journal bounds what is kept', () => {
    const settings = readFileSync(join(folder, 'conf/logback.xml'), 'utf8');
    expect([...settings.matchAll(/class="([^"]+)"/g)].map(([, name]) => name)).to.deep.equal([
      'ch.qos.logback.core.ConsoleAppender',
    ]);
  });
});

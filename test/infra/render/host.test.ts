import { expect } from 'chai';
import { serviceHostFiles } from '../../../infra/render/host.ts';
import { environmentWith } from '../../support/rendered-service.ts';

describe('serviceHostFiles', () => {
  it('leaves executable what is, and what the command starts', () => {
    const files = { 'web.sh': 'a/web.sh', 'migrate.sh': 'a/migrate.sh', 'web.json': 'a/web.json' };
    const environment = environmentWith({ web: { run: { command: './web.sh', files } } });
    const { services } = serviceHostFiles(environment, (path) => ({
      content: '',
      executable: path === 'a/migrate.sh',
    }))('one');
    const modes = services.get('web')?.files.map(({ path, mode }) => `${path} ${mode}`);
    expect(modes).to.deep.equal([
      '/srv/smartstack/web/web.sh 0755',
      '/srv/smartstack/web/migrate.sh 0755',
      '/srv/smartstack/web/web.json 0644',
      '/etc/systemd/system/web.service 0644',
    ]);
  });
});

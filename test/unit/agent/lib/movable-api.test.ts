import { expect } from 'chai';
import { MovableApi } from '../../../../agent/lib/movable-api.ts';
import { freePort, freePorts } from '../../../support/free-ports.ts';
import { requestText, sendRaw } from '../../../support/raw-request.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('MovableApi', () => {
  const setUp = () => {
    const logger = createRecordingLogger();
    const routes = new Map([['/health', () => ({ status: 'ok' })]]);
    return { logger, api: new MovableApi({ routes, logger }) };
  };
  const ask = (port: number): Promise<string> => sendRaw(port, requestText('/health'));

  it('moves to another port, and goes', async () => {
    const { api } = setUp();
    const [first = 0, second = 0] = await freePorts(2);
    await api.listen(first);
    expect(await ask(first)).to.match(/ 200 /);
    await api.listen(second);
    expect(api.port).to.equal(second);
    expect(await ask(second)).to.match(/ 200 /);
    expect(await ask(first).catch(({ code }) => code)).to.equal('ECONNREFUSED');
    await api.listen(null);
    expect(api.port).to.equal(undefined);
    expect(await ask(second).catch(({ code }) => code)).to.equal('ECONNREFUSED');
  });

  it('says that a port is taken, and takes it when asked again', async () => {
    const port = await freePort();
    const [squatter, { api, logger }] = [setUp().api, setUp()];
    await squatter.listen(port);
    await api.listen(port);
    expect(api.port).to.equal(undefined);
    expect(logger.lines).to.have.length(1);
    expect(logger.lines[0]).to.deep.include({ level: 'error', event: 'api-unavailable', port });
    await squatter.close();
    await api.listen(port);
    expect(api.port).to.equal(port);
    await api.close();
  });
});

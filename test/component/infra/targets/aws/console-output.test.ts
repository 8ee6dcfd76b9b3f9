import { execFile } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { hostKeyOf } from '../../../../../infra/targets/aws/console-output.ts';
import { hostKeyIn } from '../../../../../infra/targets/aws/host-key.ts';
import { type FakeAnswer, type FakeApi, startFakeApi } from '../../../../support/fake-api.ts';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';
const booting = 'Debian GNU/Linux 12\r\n[    1.2] systemd[1]: Starting\r\n';
const booted = `${booting}-----BEGIN SSH HOST KEY KEYS-----\r\n${key} root@ip\r\n-----END SSH HOST KEY KEYS-----\r\n`;
const variables = {
  AWS_ACCESS_KEY_ID: 'AKIATEST',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-test-1',
};

describe('the host key of an instance', () => {
  let api: FakeApi;
  let before: NodeJS.ProcessEnv;

  beforeEach(async () => {
    api = await startFakeApi('silence');
    before = { ...process.env };
    Object.assign(process.env, variables, { AWS_ENDPOINT_URL_EC2: api.url });
  });
  afterEach(async () => {
    process.env = before;
    await api.stop();
  });

  it('is read from the console as soon as it stands there', async () => {
    const answers = [unknownYet(), shows(''), shows(booting), shows(booted)];
    const asked: string[] = [];
    api.respond(async (request) => {
      asked.push(await text(request));
      return answers.shift() ?? expect.fail('asked on');
    });
    const signal = AbortSignal.timeout(20_000);
    expect(await hostKeyOf({ instanceId: 'i-0a1b', intervalMs: 5, signal })).to.equal(key);
    expect(asked).to.have.length(4);
    const query = new URLSearchParams(asked[0]);
    expect(Object.fromEntries(query)).to.include({
      ...{ Action: 'GetConsoleOutput', InstanceId: 'i-0a1b', Latest: 'true' },
    });
  });

  it('is given up in the end, with what the console shows instead', async () => {
    api.respond(shows(booting));
    const abort = new AbortController();
    const reading = hostKeyOf({ instanceId: 'i-0a1b', intervalMs: 5, signal: abort.signal });
    const failed = reading.then(
      () => expect.fail('there is no key'),
      (error: unknown) => String(error),
    );
    while (api.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    expect(await failed)
      .to.include('i-0a1b has not shown its ssh host key on its console')
      .and.include('systemd[1]: Starting')
      .and.include('pulumi up --replace');
  });

  it('is not waited for where nobody may read the console', async () => {
    api.respond(refuses('UnauthorizedOperation', 'You are not authorized'));
    const signal = AbortSignal.timeout(20_000);
    const failed = await hostKeyOf({ instanceId: 'i-0a1b', intervalMs: 5, signal }).catch(String);
    expect(failed).to.include('You are not authorized');
  });
});

describe('the command that reads it', () => {
  const run = async (
    url: string,
  ): Promise<{ readonly stdout: string; readonly stderr: string }> => {
    const env = { ...process.env, ...variables, AWS_ENDPOINT_URL_EC2: url, INSTANCE: 'i-0a1b' };
    return await promisify(execFile)(process.execPath, ['infra/targets/aws/main.ts'], { env });
  };

  it('prints it for the program to read', async () => {
    const api = await startFakeApi(shows(booted));
    try {
      expect(hostKeyIn((await run(api.url)).stdout)).to.equal(key);
    } finally {
      await api.stop();
    }
  });

  it('names the instance when it fails', async () => {
    const failed = await run('http://127.0.0.1:1').catch((error: unknown) => error);
    expect(failed).to.include({ code: 1, stdout: '' });
    expect(Reflect.get(Object(failed), 'stderr')).to.match(
      /^the host key of i-0a1b could not be read: /,
    );
  });
});

function shows(console: string): FakeAnswer {
  const output = Buffer.from(console).toString('base64');
  const body =
    '<GetConsoleOutputResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' +
    `<instanceId>i-0a1b</instanceId><output>${output}</output></GetConsoleOutputResponse>`;
  return { headers: { 'content-type': 'text/xml' }, body };
}

function unknownYet(): FakeAnswer {
  return refuses('InvalidInstanceID.NotFound', "The instance ID 'i-0a1b' does not exist");
}

function refuses(code: string, message: string): FakeAnswer {
  const body = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`;
  return { status: 400, headers: { 'content-type': 'text/xml' }, body };
}

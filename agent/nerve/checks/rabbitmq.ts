import { Buffer } from 'node:buffer';
import { type ChannelModel, connect } from 'amqplib';
import type { CommonCheckDefinition } from './common.ts';
import { type PasswordDefinition, withPassword } from './password.ts';
import { type CheckResult, failed, messageOf, passed } from './result.ts';
import { readTls, type TlsDefinition } from './tls.ts';

export interface RabbitmqCheckDefinition extends CommonCheckDefinition {
  readonly type: 'rabbitmq';
  readonly username: string;
  readonly password: PasswordDefinition | undefined;
  readonly vhost: string;
  readonly queue: string;
  readonly durable: boolean;
  readonly tls: TlsDefinition | undefined;
}

/** How amqplib begins to say that the broker refused the virtual host; the rest is for nobody. */
const openRefused = 'Expected ConnectionOpenOk; got <ConnectionClose';
/** A message that nobody fetches does not stay; the original's number. */
const expirationMs = 2_000;

/**
 * Publishes a message to a queue and fetches one, as the original and RabbitMQ's own aliveness test
 * do. Others check with the same queue: any message will do.
 */
export async function checkRabbitmq(
  definition: RabbitmqCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  return withPassword(definition.password, signal, async (password) => {
    const connection = await open(definition, password, signal);
    const lost = lossOf(connection);
    const exchange = exchangeMessage(connection, definition);
    try {
      return await Promise.race([exchange, lost]);
    } finally {
      exchange.catch(() => undefined);
      await Promise.race([close(connection), lost]).catch(() => undefined);
    }
  });
}

async function open(
  { host, port, username, vhost, tls }: RabbitmqCheckDefinition,
  password: string | undefined,
  signal: AbortSignal,
): Promise<ChannelModel> {
  const protocol = tls === undefined ? 'amqp' : 'amqps';
  const secrets = { username, password: password ?? '' };
  const options = { noDelay: true, signal, ...(tls && (await readTls(tls, host, signal))) };
  // amqplib unescapes the name.
  const url = { protocol, hostname: host, port, ...secrets, vhost: encodeURIComponent(vhost) };
  try {
    return await connect({ ...url, heartbeat: 0 }, options);
  } catch (error) {
    if (!messageOf(error).startsWith(openRefused)) throw error;
    const message = `no virtual host "${vhost}", or none that this user may use`;
    throw new Error(message, { cause: error });
  }
}

/** Throws at once where it is closed already. */
async function close(connection: ChannelModel): Promise<void> {
  await connection.close();
}

async function exchangeMessage(
  connection: ChannelModel,
  { queue, durable }: RabbitmqCheckDefinition,
): Promise<CheckResult> {
  const channel = await connection.createChannel();
  // Without a listener it would be thrown; what is under way rejects with it.
  channel.on('error', () => undefined);
  await channel.assertQueue(queue, { durable });
  const options = { mandatory: true, expiration: expirationMs };
  channel.sendToQueue(queue, Buffer.from('nerve test message'), options);
  const message = await channel.get(queue);
  if (message === false) return failed('the queue gave no message back');
  channel.ack(message);
  // The connection's end would overtake the acknowledgement.
  await channel.close();
  return passed;
}

/** Rejects when the connection breaks, the check's abort included. */
function lossOf(connection: ChannelModel): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  connection.on('error', reject);
  connection.on('close', (error) => reject(error ?? new Error('connection closed')));
  promise.catch(() => undefined);
  return promise;
}

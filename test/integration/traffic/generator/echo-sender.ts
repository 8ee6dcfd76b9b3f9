import { EchoConnection } from './echo-connection.ts';
import type { GeneratorFlow, Sender } from './sender.ts';

/** Lines to a TCP echo server: each over a connection of its own, or all over one while it lasts. */
export function echoSender({ port, giveUpMs }: GeneratorFlow, held: boolean): Sender {
  let count = 0;
  let last: EchoConnection | undefined;
  const carry = (): EchoConnection => {
    if (!held || !last?.usable) last = new EchoConnection(port);
    return last;
  };
  return {
    send: (done) => {
      const carrier = carry();
      count += 1;
      carrier.ask(`line-${count}`, giveUpMs, (ending) => {
        if (!held) carrier.close();
        done(ending);
      });
    },
    close: () => last?.close(),
  };
}

import { format } from 'node:util';

const methods = ['log', 'info', 'warn', 'error'] as const;

/**
 * Hands over, line by line, what a program prints (or logs through the SDK, which prints where
 * it has no engine to tell), so that it does not tear the progress apart. Returns the way back.
 */
export function captureConsole(onLine: (line: string) => void): () => void {
  const originals = methods.map((method) => [method, console[method]] as const);
  for (const method of methods) {
    console[method] = (...args: unknown[]) => {
      for (const line of format(...args).split('\n')) onLine(line.replace(': [runtime] ', ': '));
    };
  }
  return () => {
    for (const [method, original] of originals) console[method] = original;
  };
}

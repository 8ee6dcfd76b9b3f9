/** What the program on a host says, taken apart. */
import { inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { parseRecord, type WireRecord } from './wire-record.ts';

const frameSchema = z.object({
  sent: z.number(),
  failed: z.number(),
  open: z.number(),
  missed: z.number(),
  records: z.string(),
});
const echoSchema = z.object({ sentMs: z.number(), theirsMs: z.number() });
const schema = z.union([z.object({ frame: frameSchema }), z.object({ echo: echoSchema })]);

export type HostOutput = z.infer<typeof schema>;
export type Frame = z.infer<typeof frameSchema>;

/** Throws for a line that the program does not write. */
export function parseHostOutput(line: string): HostOutput {
  return schema.parse(JSON.parse(line));
}

export function recordsOf({ records }: Frame): readonly WireRecord[] {
  if (records === '') return [];
  const text = inflateRawSync(Buffer.from(records, 'base64')).toString();
  return text.split('\n').map(parseRecord);
}

/** Splits text that comes in pieces; what follows the last line feed waits for the next piece. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  };
}

import { z } from 'zod';

const moment = { at: z.number() };

/** One line of the program, `at` by the host's clock. */
const schema = z.discriminatedUnion('what', [
  z.object({ ...moment, what: z.literal('alive') }),
  z.object({
    ...moment,
    what: z.literal('proxy'),
    pid: z.number(),
    servers: z.record(z.string(), z.string()),
  }),
  z.object({
    ...moment,
    what: z.literal('registry'),
    path: z.string(),
    nodes: z.array(z.string()),
  }),
  z.object({ ...moment, what: z.literal('registry-found') }),
  z.object({ ...moment, what: z.literal('registry-lost') }),
]);

export type Sighting = Readonly<z.output<typeof schema>>;
export type ProxySighting = Extract<Sighting, { what: 'proxy' }>;
export type RegistrySighting = Extract<Sighting, { what: 'registry' }>;

export function parseSighting(line: string): Sighting {
  return schema.parse(JSON.parse(line));
}

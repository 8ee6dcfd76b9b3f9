import * as z from 'zod';
import { parseConfig } from '../../../agent/config/parse.ts';
import { InvalidEnvironmentError } from '../../catalog/invalid-environment.ts';
import { vagrantProviders } from './provider.ts';

const configSchema = z.strictObject({
  vagrantProvider: z.enum(vagrantProviders).optional(),
  /** The first three parts of the boxes' addresses. */
  vagrantSubnet: z
    .string()
    .regex(/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){2}$/, {
      error: 'must be the first three parts of a private network, such as 10.93.0',
    })
    .refine(isPrivate, 'must be private: within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16')
    .optional(),
  /** Of each box; containers share this computer's memory and ignore it. */
  vagrantMemoryMb: z
    .string()
    .regex(/^\d+$/, 'must be a whole number of megabytes')
    .transform(Number)
    .pipe(z.int().min(256, 'must be at least 256'))
    .default(512),
});

export interface WantedVagrant {
  readonly provider: z.infer<typeof configSchema>['vagrantProvider'];
  readonly subnet: string | undefined;
  readonly memoryMb: number;
}

/** A Pulumi `Config`, as far as it is of use here. */
interface Configuration {
  get(key: string): string | undefined;
}

/** @throws InvalidEnvironmentError with everything that is wrong. */
export function wantedSettings(config: Configuration): WantedVagrant {
  const keys = Object.keys(configSchema.shape);
  const given = Object.fromEntries(
    keys.flatMap((key) => {
      const value = config.get(key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const parsed = parseConfig(configSchema, given);
  if (parsed.ok) {
    const { vagrantProvider, vagrantSubnet, vagrantMemoryMb } = parsed.config;
    return { provider: vagrantProvider, subnet: vagrantSubnet, memoryMb: vagrantMemoryMb };
  }
  throw new InvalidEnvironmentError(
    "the stack's configuration",
    parsed.problems.map((problem) => ({ ...problem, path: `smartstack:${problem.path}` })),
  );
}

function isPrivate(subnet: string): boolean {
  const [first, second = 0] = subnet.split('.').map(Number);
  if (first === 10) return true;
  if (first === 172) return second >= 16 && second <= 31;
  return first === 192 && second === 168;
}

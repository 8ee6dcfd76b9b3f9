import type { CheckDefinition } from './definition.ts';
import type { CheckResult } from './result.ts';
import type { SqlCheckDefinition } from './sql.ts';

type Check<D extends CheckDefinition> = (
  definition: D,
  signal: AbortSignal,
) => Promise<CheckResult>;

/** Kinds of check whose drivers take time and memory to load: they are, when first used. */
export const drivers = {
  redis: async () => (await import('./redis.ts')).checkRedis,
  rabbitmq: async () => (await import('./rabbitmq.ts')).checkRabbitmq,
  grpc: async () => (await import('./grpc.ts')).checkGrpc,
  sql: async (driver: SqlCheckDefinition['driver']): Promise<Check<SqlCheckDefinition>> =>
    driver === 'mysql'
      ? (await import('./mysql.ts')).checkMysql
      : (await import('./postgresql.ts')).checkPostgresql,
};

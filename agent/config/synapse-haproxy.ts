/** The `haproxy` sections of synapse's configuration, global and per service. */
import { z } from 'zod';
import { integerBetween, line, lines, notNegative, path, port, proxyName } from './fields.ts';

/** Original: `lib/synapse/config_generator/haproxy.rb`; the last group is ours. */
export const haproxySchema = z
  .strictObject({
    global: lines,
    defaults: lines,
    /** Section title, such as `listen stats :3212` → its lines. */
    extra_sections: z.record(line.min(1), lines).default({}),
    bind_address: line.default('localhost'),
    shared_frontend: lines.optional(),

    do_writes: z.boolean().default(true),
    config_file_path: path.optional(),
    /** Where new text waits for its check; the configuration file's name with `.tmp` by default. */
    candidate_config_file_path: path.optional(),
    /** Runs `check_command` besides synapse's own check. */
    do_checks: z.boolean().default(false),
    check_command: line.optional(),
    do_socket: z.boolean().default(true),
    /** One, or one for each process of an HAProxy with `nbproc`: the file follows the first. */
    socket_file_path: z
      .union([path.transform((value) => [value]), z.array(path).min(1)])
      .optional(),
    do_reloads: z.boolean().default(true),
    /** Replaces the reload over `master_socket_path`. */
    reload_command: line.optional(),
    /** Seconds between two reloads at least, and the random share of it to add. */
    restart_interval: notNegative.default(2),
    restart_jitter: notNegative.default(0),

    /** Accepted; synapse remembers instances in `state_path` instead. */
    state_file_path: path.optional(),
    state_file_ttl: notNegative.optional(),
    /** Of the order of servers without `backend_order`; each host's own by default. */
    server_order_seed: integerBetween(0, Number.MAX_SAFE_INTEGER).optional(),
    max_server_id: integerBetween(1, 2 ** 31 - 1).default(65_535),
    use_nerve_weights: z.boolean().default(false),

    /** HAProxy's master CLI (`haproxy -W -S <path>`), by which synapse reloads. */
    master_socket_path: path.optional(),
    /** The program for synapse's own check of new text; empty for no such check. */
    haproxy_path: line.default('haproxy'),
    /** Where HAProxy finds its servers' states after a reload; `<config file>.servers` by default. */
    server_state_path: path.optional(),
    /** When a reload's old process must end; a `global` line of that name takes precedence. */
    hard_stop_after: line.min(1).default('1h'),
  })
  .superRefine((options, context) => {
    for (const [condition, required] of requirements) {
      const present = required.some((name) => options[name] !== undefined);
      if (!options[condition] || present) continue;
      const message = `is required while ${condition} is true; give it, or set ${condition} to false`;
      context.addIssue({ code: 'custom', path: [required.join(' or ')], message });
    }
  });

const requirements = [
  ['do_writes', ['config_file_path']],
  ['do_checks', ['check_command']],
  ['do_socket', ['socket_file_path']],
  ['do_reloads', ['reload_command', 'master_socket_path']],
] as const;

export const serviceHaproxySchema = z.strictObject({
  disabled: z.boolean().default(false),
  /** `null`: `bind_address` stands alone (a Unix socket). Absent: a backend without frontend. */
  port: port.nullable().optional(),
  bind_address: line.optional(),
  bind_options: line.optional(),
  /** Deprecated by the original in favour of `backend_port_override`. */
  server_port_override: port.optional(),
  /** Words of each server line; `%{host}`, `%{port}` and `%{name}` are filled in. */
  server_options: line.default(''),
  frontend: lines.default([]),
  backend: lines.default([]),
  /** Lines for the frontend, the backend or both, by what HAProxy's manual says of each. */
  listen: lines.default([]),
  backend_name: proxyName.optional(),
  backend_order: z.enum(['asc', 'desc', 'no_shuffle']).optional(),
  shared_frontend: lines.optional(),
  cookie_value_method: z.enum(['name', 'hash']).default('name'),
  /** Overrides the global option of that name. */
  use_nerve_weights: z.boolean().optional(),
});

/** For a synapse that leaves HAProxy alone. */
export const withoutHaproxy = haproxySchema.parse({
  global: [],
  defaults: [],
  do_writes: false,
  do_socket: false,
  do_reloads: false,
});

export type HaproxyOptions = Readonly<z.output<typeof haproxySchema>>;

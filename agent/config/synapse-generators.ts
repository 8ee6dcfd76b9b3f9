/**
 * What synapse makes beside HAProxy's configuration: the sections `file_output`, `nginx` and
 * `template`, global and per service. A service is in each of them unless it says `disabled`, as
 * in the originals (`lib/synapse/config_generator/file_output.rb`, jolynch/synapse-nginx).
 */
import { z } from 'zod';
import { mustBe } from './describe-issue.ts';
import { line, lines, notNegative, path, port, proxyName } from './fields.ts';

export const fileOutputSchema = z.strictObject({
  /** Gets one `<service>.json` each; made where it is missing. */
  output_directory: path,
});

/** Of a service in a generator that has no other options for it. */
export const participationSchema = z.strictObject({ disabled: z.boolean().default(false) });

/** Seconds between two reloads at least, and the random share of it to add. */
const pace = {
  restart_interval: notNegative.default(2),
  restart_jitter: notNegative.default(0),
};

/** Original: `lib/synapse/config_generator/nginx.rb` of synapse-nginx; the last group is ours. */
export const nginxSchema = z
  .strictObject({
    /** Context → its lines, without their last semicolon; `main` is the top of the file. */
    contexts: z
      .record(
        z.string().regex(/^[a-z][a-z0-9_]*$/, { error: mustBe('the name of a context') }),
        lines,
      )
      .superRefine((contexts, context) => {
        for (const name of ['main', 'events'].filter((one) => !Object.hasOwn(contexts, one))) {
          const message = 'is missing; must be a list of lines, if an empty one';
          context.addIssue({ code: 'custom', path: [name], message });
        }
      }),
    listen_address: line.default('localhost'),
    do_writes: z.boolean().default(true),
    config_file_path: path.optional(),
    /**
     * Runs on new text before it takes the old one's place: `config_file_path` in it, or `%s`,
     * stands for the file that it waits in.
     */
    check_command: line.optional(),
    do_reloads: z.boolean().default(true),
    reload_command: line.optional(),
    /** Runs once when synapse starts, and before each reload that follows a failed one. */
    start_command: line.optional(),
    ...pace,

    /** Where new text waits for its check; the configuration file's name with `.tmp` by default. */
    candidate_config_file_path: path.optional(),
  })
  .superRefine((options, context) => {
    for (const [condition, name] of nginxRequirements) {
      if (!options[condition] || options[name] !== undefined) continue;
      const message = `is required while ${condition} is true; give it, or set ${condition} to false`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

const nginxRequirements = [
  ['do_writes', 'config_file_path'],
  ['do_writes', 'check_command'],
  ['do_reloads', 'reload_command'],
  ['do_reloads', 'start_command'],
] as const;

export const serviceNginxSchema = z.strictObject({
  disabled: z.boolean().default(false),
  mode: z.enum(['http', 'tcp']).default('http'),
  /** Absent: an upstream without a server in front of it. */
  port: port.optional(),
  listen_address: line.optional(),
  listen_options: line.default(''),
  upstream: lines.default([]),
  server: lines.default([]),
  upstream_order: z.enum(['asc', 'desc', 'shuffle', 'no_shuffle']).default('asc'),
  /** The service's name by default, with `_` for what nginx takes for a port. */
  upstream_name: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,255}$/, {
      error: mustBe('at most 255 letters, digits, "_", "." and "-"'),
    })
    .optional(),
  /** Words of each server line of the upstream. */
  server_options: line.default(''),
});

/** Ours: a file of the user's own, from a Mustache template. */
const templateSchema = z.strictObject({
  template_path: path,
  output_path: path,
  /**
   * What `{{…}}` does to a value: `plain` replaces all but letters, digits and `_ . : / @ + -` by
   * `_`; `json` and `html` escape it for a string in there. `{{{…}}}` gives it as it is.
   */
  escape: z.enum(['plain', 'json', 'html']).default('plain'),
  /** Octal permission bits. */
  mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, { error: mustBe('octal permission bits such as "0644"') })
    .default('0644'),
  /** As that of nginx. */
  check_command: line.optional(),
  /** Runs when there is a new file. */
  apply_command: line.optional(),
  ...pace,
});

/** Name → template; the name is for the log and the status. */
export const templatesSchema = z.record(proxyName, templateSchema);

export type FileOutputOptions = Readonly<z.output<typeof fileOutputSchema>>;
export type NginxOptions = Readonly<z.output<typeof nginxSchema>>;
export type ServiceNginx = Readonly<z.output<typeof serviceNginxSchema>>;
export type TemplateOptions = Readonly<z.output<typeof templateSchema>>;

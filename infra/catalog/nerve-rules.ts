/** Rules about what nerve does for a service. */
import type { Problem } from '../../agent/config/parse.ts';
import type { RuleContext } from './rule.ts';
import { notAmongFiles } from './service-rules.ts';

export function warmUpHasHeight({ services }: RuleContext): Problem[] {
  return Object.entries(services)
    .filter(([, { warmUpMs, weight }]) => warmUpMs !== undefined && (weight ?? 0) < 2)
    .map(([name]) => ({
      path: `services.${name}.warmUpMs`,
      message: 'needs a weight to rise to; add one, such as weight: 100',
    }));
}

/** A relative path names a file that comes with the service. */
export function modulesExist({ services }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, { checks, run }]) => {
    return checks.flatMap((check, index) => {
      if (check.type !== 'module' || check.path.startsWith('/')) return [];
      if (Object.hasOwn(run?.files ?? {}, check.path)) return [];
      const path = `services.${name}.checks[${index}].path`;
      return [{ path, message: notAmongFiles(check.path, run) }];
    });
  });
}

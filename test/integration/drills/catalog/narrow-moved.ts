/** A service on none of its hosts any more, and on all others. */
import { catalog as drills } from './catalog.ts';
import { narrow, serviceHostsIn } from './services.ts';
import { withService } from './with-service.ts';

const before = drills.services[narrow]?.on ?? [];

export const catalog = withService(narrow, {
  on: serviceHostsIn(drills).filter((host) => !before.includes(host)),
});

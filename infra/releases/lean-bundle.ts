import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Keeps out of the agent's memory what it never uses, 20 MiB in all:
 *
 * - `import … from 'node:http'` makes Node read every export of it, and with them load its fetch
 *   and WebSocket. Modules of Node are taken by `process.getBuiltinModule` instead, which leaves
 *   exports alone until they are used.
 * - zod carries its messages in fifty languages.
 */
export const leanBundle: Plugin = {
  name: 'lean-bundle',
  setup: (build) => {
    build.onResolve({ filter: builtin }, ({ path, kind }) =>
      kind === 'import-statement'
        ? { path: path.replace(/^node:/, ''), namespace: 'builtin' }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
      loader: 'js',
    }));
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};

const names = builtinModules.map((name) => name.replace(/^node:/, ''));
const builtin = new RegExp(`^(?:node:)?(?:${names.join('|')})$`);

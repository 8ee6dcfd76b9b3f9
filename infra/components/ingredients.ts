/** What a daemon runs on, one line each, so that a preview tells why it is restarted or reloaded. */
import { createHash } from 'node:crypto';
import type { RenderedFile } from '../render/file.ts';

/** A line `<effect> <digest> <what>`: when it changes, the effect follows. */
export type Ingredient = string;

export function ingredientFile(effect: 'restart' | 'reload', file: RenderedFile): Ingredient {
  const digest = createHash('sha256').update(file.content).digest('hex').slice(0, 16);
  return `${effect} ${digest} ${file.path}`;
}

/** A release always takes a restart. */
export function ingredientRelease(hash: string): Ingredient {
  return `restart ${hash} release`;
}

/** A certificate that is renewed takes a reload. */
export function ingredientCertificate(issue: string): Ingredient {
  return `reload ${issue} certificate`;
}

/** As a script reads them from its standard input. */
export function ingredientList(ingredients: readonly Ingredient[]): string {
  return ingredients.map((line) => `${line}\n`).join('');
}

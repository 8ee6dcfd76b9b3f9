/** What a daemon runs on, one line each, so that a preview tells why it is restarted or reloaded. */
import { createHash } from 'node:crypto';
import { all, type Input, type Output } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import type { HostTls } from './certificate-authority.ts';

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

/** For whoever reads a certificate of the host's; none without one. */
export function ingredientCertificate(
  effect: 'restart' | 'reload',
  tls: Pick<HostTls, 'issue'> | undefined,
): readonly Output<Ingredient>[] {
  if (tls === undefined) return [];
  return [tls.issue.apply((issue) => `${effect} ${issue} certificate`)];
}

/** As a script reads them from its standard input. */
export function ingredientList(ingredients: readonly Ingredient[]): string {
  return ingredients.map((line) => `${line}\n`).join('');
}

/** The same, with some that only running the plan tells. */
export function ingredientInput(
  ingredients: readonly Ingredient[],
  late: readonly Output<Ingredient>[],
): Input<string> {
  if (late.length === 0) return ingredientList(ingredients);
  return all([...late]).apply((more) => ingredientList([...ingredients, ...more]));
}

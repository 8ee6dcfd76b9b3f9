/** Mustache on a view; apart from the rest, so that only who uses templates loads it. */
import Mustache from 'mustache';
import type { TemplateOptions } from '../../../config/synapse-generators.ts';
import { nearestName } from '../../../lib/nearest-name.ts';
import { GeneratorError } from '../generator.ts';
import { type TemplateView, viewNames } from './view.ts';

export type RenderTemplate = typeof renderTemplate;

/** Throws a `GeneratorError` that says what is wrong with the template, and in which line. */
export function renderTemplate(
  template: string,
  view: TemplateView,
  escaping: TemplateOptions['escape'],
): string {
  // One of its own: the library's would keep every template that it has ever seen.
  const writer = new Mustache.Writer();
  const fault = findFault(template, parse(writer, template));
  if (fault !== undefined) throw new GeneratorError(`the template is wrong: ${fault}`);
  return writer.render(template, view, {}, { escape: escapes[escaping] });
}

const escapes: Readonly<Record<TemplateOptions['escape'], (value: unknown) => string>> = {
  plain: (value) => plain(String(value)),
  json: (value) => JSON.stringify(String(value)).slice(1, -1),
  html: (value) => String(value).replace(/[&<>"'`=/]/g, (one) => `&#${one.charCodeAt(0)};`),
};

/** Labels are anybody's: nothing of them may mean something in the user's file (law 6). */
function plain(text: string): string {
  const isEndpoint = /^\[[0-9a-f:.]+\]:\d{1,5}$/i.test(text);
  return isEndpoint ? text : text.replace(/[^A-Za-z0-9_.:/@+-]/gu, '_');
}

type Token = ReturnType<typeof Mustache.parse>[number];

function parse(writer: InstanceType<typeof Mustache.Writer>, template: string): readonly Token[] {
  try {
    return writer.parse(template);
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: String(error) };
    const offset = Number(/ at (\d+)$/.exec(message)?.[1] ?? Number.NaN);
    const where = Number.isNaN(offset) ? '' : `line ${lineAt(template, offset)}: `;
    throw new GeneratorError(`the template is wrong: ${where}${message}`, { cause: error });
  }
}

/** Mustache renders a name that it does not know as nothing; a mistake should not look like that. */
function findFault(template: string, tokens: readonly Token[]): string | undefined {
  for (const [kind, name, offset, , inside] of tokens) {
    if (kind === 'text') continue;
    const where = `line ${lineAt(template, offset)}: `;
    if (kind === '>') return `${where}there are no partials`;
    const [first = ''] = name.split('.');
    if (name !== '.' && !viewNames.some((known) => known === first)) {
      const nearest = nearestName(first, viewNames);
      const hint = nearest === undefined ? viewNames.join(', ') : `did you mean ${nearest}?`;
      return `${where}unknown name ${JSON.stringify(first)}; ${hint}`;
    }
    if (!Array.isArray(inside)) continue;
    const fault = findFault(template, inside);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

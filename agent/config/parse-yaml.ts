import { type Document, LineCounter, parseDocument, visit } from 'yaml';

export type ParsedYaml =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly message: string;
      /** Both from 1; `undefined` where it is wrong as a whole. */
      readonly line: number | undefined;
      readonly column: number | undefined;
    };

interface Fault {
  readonly message: string;
  /** In characters from the start. */
  readonly offset: number;
}

/** Enough for any configuration; a few lines of aliases upon aliases would fill the memory. */
const maxAliases = 1_000;

/**
 * One document of plain data: maps, lists, text, numbers, booleans and null, with anchors and `<<`.
 * Tags, such as Ruby's for objects, are refused; so is a key that stands twice.
 */
export function parseYaml(text: string): ParsedYaml {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, {
      schema: 'core',
      merge: true,
      resolveKnownTags: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter,
    });
    const fault = faultOf(document);
    if (fault === undefined) return { ok: true, value: plainValue(document) };
    const { line, col: column } = lineCounter.linePos(fault.offset);
    return { ok: false, message: fault.message, line, column };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message, line: undefined, column: undefined };
  }
}

function faultOf(document: Document.Parsed): Fault | undefined {
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) return { message: fault.message, offset: fault.pos[0] };
  let dangling: Fault | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      dangling = { message: `nothing is named &${alias.source}`, offset: alias.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return dangling;
}

function plainValue(document: Document.Parsed): unknown {
  const value: unknown = document.toJS({ maxAliasCount: maxAliases });
  // Throws where an alias stands inside of what it names.
  JSON.stringify(value);
  return value;
}

/** HTML put together so that text can never become markup. */

/** Markup, as opposed to text: the only thing that `html` takes over as it stands. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = string | number | Html | readonly HtmlPart[];

/** Tagged template: what is put in is escaped, unless it is `Html` (or a list of them). */
export function html(markup: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const texts = markup.map((text, index) => {
    const part = parts[index];
    return part === undefined ? text : text + render(part);
  });
  return new Html(texts.join(''));
}

export const nothing = new Html('');

function render(part: HtmlPart): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(render).join('');
  return escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as text and inside of quoted attributes; control characters become visible. */
export function escapeHtml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => entities[character] ?? '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd')
  );
}

/** What a terminal obeys, or hides, and JSON leaves as it is: C1, marks that reorder a line, ends. */
const controls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON on one line in which every control character of `value` can be seen, and none acts. */
export function visibleJson(value: unknown): string | undefined {
  return JSON.stringify(value)?.replace(controls, escaped);
}

/** The same between its quotes. */
export function visibleText(text: string): string {
  return visibleJson(text)?.slice(1, -1) ?? '';
}

/** As JSON does it: what takes two units of UTF-16 is escaped as two. */
function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0).toString(16));
  return units.map((unit) => `\\u${unit.padStart(4, '0')}`).join('');
}

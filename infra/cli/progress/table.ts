/** Left-aligned columns, two spaces apart; widths count characters, so colour cells afterwards. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows.reduce<readonly number[]>(
    (known, row) =>
      Array.from({ length: Math.max(known.length, row.length) }, (_, column) =>
        Math.max(known[column] ?? 0, row[column]?.length ?? 0),
      ),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

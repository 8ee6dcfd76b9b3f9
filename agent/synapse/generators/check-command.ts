/** How a user's check command gets to see new text before the old one is replaced. Pure. */

export interface PlannedCheck {
  readonly command: string;
  /** `false`: the command cannot be told where to look, and reads the file in place. */
  readonly seesCandidate: boolean;
}

/**
 * `%s` in `command` stands for the candidate; so does `path` itself, which is what commands
 * written for the originals name.
 */
export function planCheck(command: string, path: string, candidate: string): PlannedCheck {
  if (command.includes('%s')) {
    return { command: command.replaceAll('%s', () => quote(candidate)), seesCandidate: true };
  }
  const named = new RegExp(`(?<![\\w./-])${escapePattern(path)}(?![\\w./-])`, 'g');
  const told = command.replace(named, () => candidate);
  return { command: told, seesCandidate: told !== command };
}

/** As one word of the shell, whatever is in it. */
function quote(text: string): string {
  // Within quotes of the user's, ours would be part of the name.
  if (/^[\w./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

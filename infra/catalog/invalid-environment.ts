import { formatProblem, type Problem } from '../../agent/config/parse.ts';

/** Everything that is wrong with the catalog or the stack's configuration, all at once. */
export class InvalidEnvironmentError extends Error {
  readonly problems: readonly Problem[];

  /** @param source The file that people have to correct. */
  constructor(source: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'One mistake' : `${problems.length} mistakes`;
    const list = problems.map((problem) => `  ${formatProblem(source, problem)}`).join('\n');
    super(`${count}; nothing was changed:\n${list}`);
    this.name = 'InvalidEnvironmentError';
    this.problems = problems;
  }
}

/** One mistake: where it is, what is wrong and what would be right. */
export interface Problem {
  /** Such as `services.service_a.port`. */
  readonly path: string;
  readonly message: string;
}

/** Everything that is wrong with the catalog or the stack's configuration, all at once. */
export class InvalidEnvironmentError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'One mistake' : `${problems.length} mistakes`;
    const list = problems.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
    super(`${count}; nothing was changed:\n${list}`);
    this.name = 'InvalidEnvironmentError';
    this.problems = problems;
  }
}

/** What every kind of check has. */
export interface CommonCheckDefinition {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The longest that the whole check may take. */
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
}

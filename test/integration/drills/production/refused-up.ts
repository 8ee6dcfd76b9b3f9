/** An `up` that has to fail, and to say why. */
import type { Stage } from '../../harness/drill.ts';
import type { Run } from '../../support/stack.ts';

/** For `ended` of a fault: throws unless the `up` failed with a line that `reason` finds; notes that. */
export function refusedFor(stage: Stage, reason: RegExp): (run: Run) => void {
  return ({ status, output }) => {
    const said = output.split('\n').find((line) => reason.test(line));
    if (status === 0 || said === undefined) throw new Error(`not refused:\n${output}`);
    stage.note(said.trim());
  };
}

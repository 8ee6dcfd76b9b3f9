/** Which of the instances found are wanted: an option of every discovery method. */
import { z } from 'zod';

const labelFilter = z.strictObject({
  label: z.string(),
  value: z.string(),
  condition: z.enum(['equals', 'not-equals']),
});

export const labelFilters = {
  /** Instances must pass all of them. */
  label_filters: z.array(labelFilter).default([]),
  /** The original's deprecated single filter; adds to `label_filters`. */
  label_filter: labelFilter.optional(),
};

export type LabelFilter = Readonly<z.output<typeof labelFilter>>;

export interface LabelFiltered {
  readonly label_filters: readonly LabelFilter[];
  readonly label_filter?: LabelFilter | undefined;
}

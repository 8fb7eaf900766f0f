/** What a search for a node comes to: `ScheduleResult` and `FitError`, Kubernetes v1.36. */
import type { Diagnosis } from '../framework/diagnosis.ts';
import type { Status } from '../framework/status.ts';

/** The outcome of one search. */
export type ScheduleResult =
  | {
      readonly kind: 'scheduled';
      readonly node: string;
      readonly evaluatedNodes: number;
      readonly feasibleNodes: number;
      /** Weighted sum of scores; undefined when the only feasible node was taken unscored. */
      readonly score: number | undefined;
      /** Nodes that shared it. */
      readonly ties: number;
    }
  | {
      readonly kind: 'unschedulable';
      readonly diagnosis: Diagnosis;
      readonly evaluatedNodes: number;
    }
  | { readonly kind: 'error'; readonly status: Status; readonly evaluatedNodes: number };

/** Statistics of replications: intervals, paired comparison, adjustment for several comparisons. */
export * from './holm.ts';
export * from './intervals.ts';
export * from './student-t.ts';
export * from './wilcoxon.ts';

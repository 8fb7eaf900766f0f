/** The lexical form of units in a scenario file; the values are parsed by sim/api. */

/** Go's time.ParseDuration without sign, plus `d` for days. */
export const DURATION_PATTERN = /^(0|(\d+(\.\d+)?(d|h|ms|m|s|us|µs))+)$/;
/** resource.Quantity, without sign. */
export const QUANTITY_PATTERN = /^\d+(\.\d*)?((Ki|Mi|Gi|Ti|Pi|Ei)|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Which way a metric is good, and so which ones a verdict is worth giving on by default. All metrics are in the CSV. */

export type Better = 'lower' | 'higher';

const DIRECTIONS: ReadonlyMap<string, Better> = new Map<string, Better>([
  ['pods_succeeded', 'higher'],
  ['pods_failed', 'lower'],
  ['pods_pending', 'lower'],
  ['pending_time_mean_s', 'lower'],
  ['pending_time_p99_s', 'lower'],
  ['startup_time_mean_s', 'lower'],
  ['startup_time_p99_s', 'lower'],
  ['cpu_requested_ratio_mean', 'higher'],
  ['memory_requested_ratio_mean', 'higher'],
  ['gpu_requested_ratio_mean', 'higher'],
  ['gpu_requested_ratio_end', 'higher'],
  ['slowdown_mean', 'lower'],
  ['slowdown_p99', 'lower'],
  ['deadline_missed_ratio', 'lower'],
  ['input_node_local_ratio', 'higher'],
  ['tenants_jain_index', 'higher'],
  ['programming_latency_p50_s', 'lower'],
  ['programming_latency_p99_s', 'lower'],
  ['request_error_ratio', 'lower'],
  ['request_latency_p50_us', 'lower'],
  ['request_latency_p99_us', 'lower'],
]);

/** `pending_time_mean_s{tenant=a}` → `pending_time_mean_s`. */
const plainName = (metric: string): string => metric.replace(/\{.*$/, '');

export const betterOf = (metric: string): Better | undefined => DIRECTIONS.get(plainName(metric));

/** Those with a direction, in the order in which they are found. */
export const isTelling = (metric: string): boolean => DIRECTIONS.has(plainName(metric));

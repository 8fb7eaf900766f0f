/** What a plugin answers: `k8s.io/kube-scheduler/framework` Status, Kubernetes v1.36. Success is `undefined`, as upstream's nil. */
export type Code =
  | 'Success'
  | 'Error'
  | 'Unschedulable'
  | 'UnschedulableAndUnresolvable'
  | 'Wait'
  | 'Skip'
  | 'Pending';

export class Status {
  readonly code: Code;
  readonly reasons: readonly string[];
  /** Who answered; filled in by the framework. */
  readonly plugin: string;

  constructor(code: Code, reasons: readonly string[] = [], plugin = '') {
    this.code = code;
    this.reasons = reasons;
    this.plugin = plugin;
  }

  /** The same answer, signed. */
  of(plugin: string): Status {
    return this.plugin === plugin ? this : new Status(this.code, this.reasons, plugin);
  }

  get message(): string {
    return this.reasons.join(', ');
  }
}

/** No preemption of this node's pods could help, or it could: the pod does not fit either way. */
export const isRejection = (status: Status): boolean =>
  status.code === 'Unschedulable' ||
  status.code === 'UnschedulableAndUnresolvable' ||
  status.code === 'Pending';

export const unschedulable = (...reasons: string[]): Status => new Status('Unschedulable', reasons);
export const unresolvable = (...reasons: string[]): Status =>
  new Status('UnschedulableAndUnresolvable', reasons);
export const failure = (reason: string): Status => new Status('Error', [reason]);

/** The plugin has nothing to do for this pod: its Filter (after PreFilter) or Score (after PreScore) is left out. */
export const SKIP = new Status('Skip');

/**
 * What a plugin has at an extension point where upstream's acts and it has nothing to do for any pod: it stands in the profile's
 * order there and is not asked. (SKIP is an answer, about one pod.)
 */
export const NOTHING_TO_DO = (): undefined => undefined;

/** Client-side request limits of the control-plane processes: flags and defaults of Kubernetes v1.36. */
export interface ClientLimits {
  /** Requests per second, sustained; 0 or negative: no limit. */
  readonly qps: number;
  /** Requests at once. */
  readonly burst: number;
}

/** User agent → default limits. All documented (command line reference, v1.36). A kube-proxy only watches: its limits never bind. */
export const clientLimits = {
  'kube-controller-manager': { qps: 20, burst: 30 },
  'kube-scheduler': { qps: 50, burst: 100 },
  kubelet: { qps: 50, burst: 100 },
} as const satisfies Readonly<Record<string, ClientLimits>>;

/** client-go rest.Config without a setting. Documented. */
export const defaultClientLimits: ClientLimits = { qps: 5, burst: 10 };
export const unlimited: ClientLimits = { qps: -1, burst: 0 };

/**
 * A kubelet's process stops: no heartbeats, no status, no starts and stops, while its containers run on and answer. To the
 * control plane it looks like a node behind a broken network. It starts again when the fault ends.
 */
import type { Fault } from './fault.ts';

export const kubeletStop = (node: string): Fault => ({
  kind: 'kubelet-stop',
  target: node,
  begin: ({ processes }) => processes.stopKubelet(node),
  end: ({ processes }) => processes.startKubelet(node),
});

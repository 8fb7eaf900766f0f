/** A machine loses power: kubelet and containers are gone at once, sandboxes stop answering. It boots when the fault ends. */
import type { Fault } from './fault.ts';

const KIND = 'node-crash';

export const nodeCrash = (node: string): Fault => ({
  kind: KIND,
  target: node,
  begin: ({ outages }) => outages.begin(node, KIND),
  end: ({ outages }) => outages.end(node, KIND),
});

/** New nodes take no pods until they are ready: plugin/pkg/admission/nodetaint (TaintNodesByCondition), Kubernetes v1.36. */
import type { Draft, Node, Taint } from '../../api/index.ts';
import { pluginFor } from './plugin.ts';

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

export const taintNodesByCondition = pluginFor('TaintNodesByCondition', 'nodes', (node: Draft<Node>) => {
  const taints = node.spec?.taints ?? [];
  if (taints.some((taint) => taint.key === notReady.key && taint.effect === notReady.effect)) return node;
  return { ...node, spec: { ...node.spec, taints: [...taints, notReady] } };
});

/** kubectl's tables: pure functions of an object and the instant at which ages are taken. */
export { age, humanDuration } from './printer/cells.ts';
export { type NodeRow, printNode } from './printer/nodes.ts';
export { type PodRow, type PodRowCondition, podRowConditions, printPod } from './printer/pods.ts';
export { type DeploymentRow, type JobRow, printDeployment, printJob } from './printer/workloads.ts';

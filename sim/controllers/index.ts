/** The kube-controller-manager and what other rooms need of its controllers. */
export type { Controller, EventDraft, Plan, WorkSink } from './controller.ts';
export { ControllerLoop, type EventBroadcaster } from './controller-loop.ts';
export { type ControllerFlags, type ControllerName, controllerTable } from './controllers.ts';
export { ControllerManager, type ControllerManagerOptions } from './kube-controller-manager.ts';
export type { HeartbeatView } from './node-lifecycle/heartbeats.ts';
export type { NodeLifecycleFlags } from './node-lifecycle/node-lifecycle.ts';

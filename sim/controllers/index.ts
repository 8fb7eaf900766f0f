/** The kube-controller-manager and what other rooms need of its controllers. */
export type { Controller, EventDraft, Plan, WorkSink } from './controller.ts';
export { ControllerLoop, type EventSink } from './controller-loop.ts';
export { type ControllerName, controllerTable } from './controllers.ts';
export { ControllerManager, type ControllerManagerOptions } from './kube-controller-manager.ts';

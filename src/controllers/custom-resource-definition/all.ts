import type { Controller } from '../../client/controller.ts';
import { finalizingController, type CustomInstances } from './finalizing.ts';
import { establishingController, namingController } from './naming.ts';
import { apiApprovalController, nonStructuralSchemaController } from './policies.ts';

/** What upstream runs in its API server for custom resource definitions. */
export const customResourceDefinitionControllers = (instances: CustomInstances): Controller[] => [
  namingController,
  establishingController,
  nonStructuralSchemaController,
  apiApprovalController,
  finalizingController(instances),
];

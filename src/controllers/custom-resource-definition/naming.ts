import { CustomResourceDefinition } from '../../api/kinds/apiextensions/customresourcedefinition.ts';
import { isTrue } from '../../api/kinds/conditions.ts';
import { semanticallyEqual } from '../../api/semantic-equality.ts';
import { defineController, watchOf } from '../../client/controller.ts';
import { conditionOf, saysTheSame, withCondition } from './conditions.ts';
import { decideNames } from './names.ts';
import { writeStatus } from './status.ts';

/** Grants each definition the names it asks for, as far as no other of its group holds them. Source: apiextensions' naming controller. */
export const namingController = defineController({
  name: 'NamingConditionController',
  for: CustomResourceDefinition,
  // A name that one gives up may be what another waits for.
  watches: [
    watchOf(CustomResourceDefinition, (changed, { list }) =>
      list(CustomResourceDefinition)
        .filter(({ spec, metadata }) => spec.group === changed.spec.group && metadata.name !== changed.metadata.name)
        .map(({ metadata }) => metadata.name!),
    ),
  ],
  // Two at once could grant the same name.
  workers: 1,
  async reconcile(crd, { client, env, list }) {
    if (semanticallyEqual(crd.spec.names, crd.status?.acceptedNames)) return;
    const group = list(CustomResourceDefinition).filter(({ spec }) => spec.group === crd.spec.group);
    const { acceptedNames, namesAccepted, established } = decideNames(crd, group);
    if (semanticallyEqual(acceptedNames, crd.status?.acceptedNames) && saysTheSame(namesAccepted, conditionOf(crd, 'NamesAccepted')))
      return;
    const named = { ...crd, status: { ...crd.status, acceptedNames } };
    const nowMs = env.clock.now();
    await writeStatus(client, withCondition(withCondition(named, namesAccepted, nowMs), established, nowMs));
  },
});

/** Whose names are accepted is served from now on. Source: apiextensions' establishing controller. */
export const establishingController = defineController({
  name: 'EstablishingController',
  for: CustomResourceDefinition,
  workers: 1,
  async reconcile(crd, { client, env }) {
    if (!isTrue(crd.status?.conditions, 'NamesAccepted') || isTrue(crd.status?.conditions, 'Established')) return;
    const established = {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    };
    await writeStatus(client, withCondition(crd, established, env.clock.now()));
  },
});

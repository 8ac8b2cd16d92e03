import type { Draft } from '../../../api/draft.ts';
import { fieldErrorText, notSupported, type FieldError } from '../../../api/field-error.ts';
import type { Pod } from '../../../api/generated/core/v1.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../ports.ts';
import { isAbout, refused } from '../request.ts';

/** Images are pulled at each start, so that nobody uses those which others were allowed to pull. Source: plugin/pkg/admission/alwayspullimages. */
export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  mutate(request) {
    if (!concerns(request)) return;
    const { spec } = request.object as Draft<Pod>;
    for (const { container } of containersOf(spec)) container.imagePullPolicy = 'Always';
    for (const { image } of spec.volumes ?? []) if (image) image.pullPolicy = 'Always';
  },
  validate(request) {
    if (!concerns(request)) return;
    const problems = problemsOf((request.object as Draft<Pod>).spec).map((problem) => refused(request, fieldErrorText(problem)));
    if (problems.length > 0) throw problems[0]!;
  },
};

type Spec = Draft<Pod>['spec'];

/** An update that brings no new image is let through. */
function concerns(request: AdmissionRequest): boolean {
  if (!isAbout(request, '', 'pods') || (request.operation !== 'CREATE' && request.operation !== 'UPDATE')) return false;
  if (request.operation === 'CREATE') return true;
  const known = new Set(containersOf((request.old as Draft<Pod>).spec).map(({ container }) => container.image));
  return containersOf((request.object as Draft<Pod>).spec).some(({ container }) => !known.has(container.image));
}

const containersOf = ({ initContainers = [], containers, ephemeralContainers = [] }: Spec) =>
  Object.entries({ initContainers, containers, ephemeralContainers }).flatMap(([field, list]) =>
    list.map((container, index) => ({ path: `spec.${field}[${index}]`, container })),
  );

const problemsOf = (spec: Spec): FieldError[] => [
  ...containersOf(spec)
    .filter(({ container }) => container.imagePullPolicy !== 'Always')
    .map(({ path, container }) => notSupported(`${path}.imagePullPolicy`, container.imagePullPolicy ?? '', ['Always'])),
  ...(spec.volumes ?? []).flatMap(({ image }, index) =>
    image && image.pullPolicy !== 'Always'
      ? [notSupported(`spec.volumes[${index}].image.pullPolicy`, image.pullPolicy ?? '', ['Always'])]
      : [],
  ),
];

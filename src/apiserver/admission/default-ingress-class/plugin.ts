import type { Draft } from '../../../api/draft.ts';
import type { Ingress } from '../../../api/generated/networking/v1.ts';
import { IngressClass } from '../../../api/kinds/networking/ingressclass.ts';
import type { AdmissionPlugin, ObjectReader } from '../../ports.ts';
import { defaultClassOf } from '../../../api/default-class.ts';
import { isCreateOf } from '../request.ts';

const defaultMarks = ['ingressclass.kubernetes.io/is-default-class'];
/** Ingresses of old say their class so. */
const classAnnotation = 'kubernetes.io/ingress.class';

/** Source: Kubernetes' plugin/pkg/admission/network/defaultingressclass. */
export const defaultIngressClass = (reader: ObjectReader): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  async mutate(request) {
    if (!isCreateOf(request, 'networking.k8s.io', 'ingresses')) return;
    const { metadata, spec } = request.object as Draft<Ingress>;
    if (!spec || spec.ingressClassName !== undefined || metadata.annotations?.[classAnnotation] !== undefined) return;
    const found = defaultClassOf(await reader.list(IngressClass), defaultMarks);
    if (found) spec.ingressClassName = found.metadata.name;
  },
});

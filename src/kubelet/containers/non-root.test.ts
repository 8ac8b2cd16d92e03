import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Pod } from '../../api/generated/core/v1.ts';
import { verifyNonRoot } from './non-root.ts';

const verify = (common: object, own: object, image: { readonly uid?: number; readonly username?: string }) => () => {
  const container = { name: 'c', securityContext: own };
  const pod: Pod = {
    metadata: { name: 'p', namespace: 'ns', uid: 'u' },
    spec: { securityContext: common, containers: [container] },
    status: {},
  };
  verifyNonRoot(pod, container, image);
};
const nonRoot = { runAsNonRoot: true };

describe('runAsNonRoot', () => {
  test('an image that runs as root does not run', () => {
    const message = 'container has runAsNonRoot and image will run as root (pod: "p_ns(u)", container: c)';
    assert.throws(verify(nonRoot, {}, { uid: 0 }), { message });
    assert.throws(verify({}, nonRoot, { uid: 0 }), { message });
    assert.throws(verify(nonRoot, {}, { username: 'varnish' }), /has non-numeric user \(varnish\), cannot verify user is non-root/);
    verify(nonRoot, {}, { uid: 1000 })();
    verify(nonRoot, {}, {})();
    verify({}, {}, { uid: 0 })();
  });

  test('what the pod says counts more than the image, and what the container says more than that', () => {
    verify({ ...nonRoot, runAsUser: 1000 }, {}, { uid: 0 })();
    assert.throws(verify({ ...nonRoot, runAsUser: 1000 }, { runAsUser: 0 }, {}), /^Error: container's runAsUser breaks non-root policy/);
    verify(nonRoot, { runAsNonRoot: false }, { uid: 0 })();
  });
});

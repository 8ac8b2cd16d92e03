import manifest from '../../package.json' with { type: 'json' };

/** Slipway's own version. */
export const slipwayVersion: string = manifest.version;

/** The Kubernetes whose behaviour this is. */
export const kubernetesVersion = 'v1.36.0';

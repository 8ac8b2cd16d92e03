/** Which folder under `src/` may import which, and what of the outside world each may touch. `npm run check` reads it. */
export interface Layer {
  readonly imports: readonly string[];
  /** npm packages it may use. */
  readonly packages?: readonly string[];
  /** May use Node's built-ins and globals such as `process` and `setTimeout`. */
  readonly edge?: boolean;
}

export const layers: Readonly<Record<string, Layer>> = {
  base: { imports: [] },
  codec: { imports: ['base'], packages: ['js-yaml', 're2js'] },
  net: { imports: ['base', 'codec'], edge: true },
  machine: { imports: ['base', 'codec'] },
  'machine/real': { imports: ['base', 'codec', 'machine'], edge: true },
  store: { imports: ['base', 'codec', 'machine'] },
  api: { imports: ['base', 'codec'], packages: ['re2js'] },
  client: { imports: ['base', 'codec', 'api', 'net'] },
  apiserver: { imports: ['base', 'codec', 'api', 'store', 'client'], packages: ['re2js'] },
  wire: { imports: ['base', 'codec', 'net', 'api', 'apiserver'] },
  workloads: { imports: ['base', 'codec', 'api', 'client'] },
  controllers: { imports: ['base', 'codec', 'api', 'client', 'workloads'] },
  scheduler: { imports: ['base', 'codec', 'api', 'client'] },
  runtime: { imports: ['base', 'codec', 'api', 'machine'] },
  kubelet: { imports: ['base', 'codec', 'api', 'client', 'machine', 'runtime'] },
  addons: { imports: ['base', 'codec', 'api', 'client', 'kubelet'] },
  kubectl: { imports: ['base', 'codec', 'api', 'client'] },
  cluster: {
    imports: [
      'base',
      'codec',
      'net',
      'machine',
      'machine/real',
      'store',
      'api',
      'client',
      'apiserver',
      'wire',
      'workloads',
      'controllers',
      'scheduler',
      'runtime',
      'kubelet',
      'addons',
      'kubectl',
    ],
    edge: true,
  },
};

/** Globals that only edges may name, each with what the core uses instead. Matched as whole words outside comments and strings. */
export const bannedGlobals: Readonly<Record<string, string>> = {
  'Date.now': 'env.clock.now()',
  'new Date\\(\\)': 'new Date(env.clock.now())',
  'performance.now': 'env.clock.monotonic()',
  setTimeout: 'env.clock.after()',
  setInterval: 'env.clock.after()',
  setImmediate: 'env.clock.after(0, …)',
  'Math.random': 'env.rng.next()',
  'crypto.randomUUID': 'env.crypto.uuid()',
  'crypto.subtle': 'env.crypto, which is synchronous',
  process: 'a port in Env, filled by an edge',
  Buffer: 'Uint8Array and codec/bytes.ts',
  fetch: 'a port in Env, filled by net/',
  'console.log': 'env.log',
  'console.error': 'env.log',
};

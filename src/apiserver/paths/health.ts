import type { Health } from '../../base/component.ts';
import type { ApiResult, NonResourceCall } from '../../api/call.ts';
import type { PathHandler } from '../ports.ts';
import { isRead, textAnswer, unknownPathAnswer } from './answer.ts';

export type HealthEndpoint = 'healthz' | 'livez' | 'readyz';

export interface HealthCheck {
  /** Names the check in the answer and in its own path: `etcd`, `poststarthook/start-…`. */
  readonly name: string;
  /** A rejection counts as not healthy, with its message. */
  check(): Health | Promise<Health>;
  /** Where it is asked; everywhere when absent. */
  readonly at?: readonly HealthEndpoint[];
}

/** Healthy whenever it can answer. */
export const pingCheck: HealthCheck = { name: 'ping', check: () => ({ ok: true }) };

const endpoints: ReadonlySet<string> = new Set<HealthEndpoint>(['healthz', 'livez', 'readyz']);

/**
 * `/healthz`, `/livez` and `/readyz`, and each check at a path of its own. What is wrong is told
 * only there: who may ask for the whole need not be trusted with it. Source: Kubernetes' healthz.go.
 */
export function healthPaths(checks: readonly HealthCheck[]): PathHandler {
  return (call) => {
    const [, endpoint = '', ...rest] = call.path.replace(/\/$/, '').split('/');
    if (!isRead(call) || !endpoints.has(endpoint)) return undefined;
    const asked = checks.filter(({ at }) => !at || at.includes(endpoint as HealthEndpoint));
    return rest.length === 0 ? answerAll(asked, endpoint, call) : answerOne(asked, rest.join('/'));
  };
}

async function answerOne(checks: readonly HealthCheck[], name: string): Promise<ApiResult> {
  const check = checks.find((one) => one.name === name);
  if (!check) return unknownPathAnswer();
  const health = await healthOf(check);
  return health.ok ? textAnswer('ok') : textAnswer(`internal server error: ${health.reason}\n`, 500);
}

async function answerAll(checks: readonly HealthCheck[], endpoint: string, { query }: NonResourceCall): Promise<ApiResult> {
  const excluded = new Set(query.get('exclude') ?? []);
  const asked = await Promise.all(
    checks.map(async (check) => ({ name: check.name, health: excluded.has(check.name) ? undefined : await healthOf(check) })),
  );
  const lines = asked.map(({ name, health }) => {
    if (!health) return `[+]${name} excluded: ok\n`;
    return health.ok ? `[+]${name} ok\n` : `[-]${name} failed: reason withheld\n`;
  });
  const unmatched = [...excluded].filter((name) => !checks.some((check) => check.name === name)).sort();
  if (unmatched.length > 0) {
    const names = unmatched.map((name) => JSON.stringify(name)).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}\n`);
  }
  if (asked.some(({ health }) => health && !health.ok)) return textAnswer(`${lines.join('')}${endpoint} check failed\n`, 500);
  return textAnswer(query.has('verbose') ? `${lines.join('')}${endpoint} check passed\n` : 'ok');
}

async function healthOf(check: HealthCheck): Promise<Health> {
  try {
    return await check.check();
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

import type { Clock } from '../base/clock.ts';
import type { Crypto } from '../base/crypto.ts';
import type { Log } from '../base/log.ts';
import type { ApiCall, ApiResult, ApiServer } from '../api/call.ts';
import { ApiError, internal, timedOut, tooManyRequests } from '../api/errors.ts';
import { anonymousUser } from './authn/authenticate.ts';
import { attributesOf } from './authz/attributes.ts';
import { forbiddenError } from './authz/forbidden.ts';
import type { Identity } from './identity.ts';
import type { AuditSink, Filter, Next } from './ports.ts';

export interface ChainOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  readonly identity: Pick<Identity, 'authenticate' | 'impersonate' | 'authorizer'>;
  readonly audit?: AuditSink;
  readonly observer?: CallObserver;
  readonly limits: ChainLimits;
}

/** Told of every call that ended: for metrics. Must not throw. */
export interface CallObserver {
  began(call: ApiCall): void;
  ended(call: ApiCall, code: number, seconds: number): void;
}

export interface ChainLimits {
  /** `--max-requests-inflight`: calls that only read. */
  readonly maxReadOnlyInFlight: number;
  /** `--max-mutating-requests-inflight`. */
  readonly maxMutatingInFlight: number;
  /** `--request-timeout`, for calls that are not watches or streams. */
  readonly requestTimeoutMs: number;
}

export const defaultChainLimits: ChainLimits = { maxReadOnlyInFlight: 400, maxMutatingInFlight: 200, requestTimeoutMs: 60_000 };

/** Every call goes through these, in this order, before anybody serves it. */
export function chain(options: ChainOptions, serve: Next): ApiServer {
  const filters: readonly Filter[] = [
    observe(options),
    refusePanics(options),
    authenticate(options),
    impersonate(options),
    audit(options),
    limitInFlight(options),
    authorize(options),
    limitTime(options),
  ];
  const run = filters.reduceRight<Next>((next, filter) => (call, context) => filter(call, context, next), serve);
  return async (call) => {
    const context = { receivedMs: options.clock.now(), user: anonymousUser, auditId: call.auditId ?? options.crypto.uuid(), warnings: [] };
    const result = await run(call, context);
    return context.warnings.length === 0
      ? result
      : { ...result, warnings: [...new Set([...(result.warnings ?? []), ...context.warnings])] };
  };
}

function observe({ clock, observer }: ChainOptions): Filter {
  if (!observer) return (call, context, next) => next(call, context);
  return async (call, context, next) => {
    const beganMs = clock.monotonic();
    observer.began(call);
    let code = 500;
    try {
      const result = await next(call, context);
      code = result.type === 'object' || result.type === 'bytes' ? result.code : 200;
      return result;
    } catch (error) {
      if (error instanceof ApiError) code = error.code;
      throw error;
    } finally {
      observer.ended(call, code, (clock.monotonic() - beganMs) / 1000);
    }
  };
}

/** Whatever is no ApiError is a bug: it is logged whole, and the caller gets a 500. */
function refusePanics({ log }: ChainOptions): Filter {
  return async (call, context, next) => {
    try {
      return await next(call, context);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      log.error(error, 'a call failed in an unforeseen way', { verb: call.verb, stack: error instanceof Error ? error.stack : '' });
      throw internal(error);
    }
  };
}

function authenticate({ identity }: ChainOptions): Filter {
  return async (call, context, next) => next(call, { ...context, user: await identity.authenticate(call) });
}

function impersonate({ identity }: ChainOptions): Filter {
  return async (call, context, next) => {
    if (!call.impersonate) return next(call, context);
    const user = await identity.impersonate(attributesOf(call, context.user), call.impersonate);
    return next(call, { ...context, user });
  };
}

function audit({ audit: sink, clock }: ChainOptions): Filter {
  if (!sink) return (call, context, next) => next(call, context);
  return async (call, context, next) => {
    const { auditId, user, receivedMs } = context;
    const event = { auditId, call, user, receivedMs };
    sink.event({ ...event, stage: 'RequestReceived', stageMs: receivedMs });
    try {
      const result = await next(call, context);
      const code = result.type === 'object' || result.type === 'bytes' ? result.code : 200;
      sink.event({ ...event, stage: 'ResponseComplete', stageMs: clock.now(), responseStatus: { code, status: 'Success' } });
      return result;
    } catch (error) {
      const responseStatus = error instanceof ApiError ? error.status : internal(error).status;
      sink.event({ ...event, stage: error instanceof ApiError ? 'ResponseComplete' : 'Panic', stageMs: clock.now(), responseStatus });
      throw error;
    }
  };
}

/** Too many calls at once are refused at once, so that those under way end in time. Callers in this process wait for nobody. */
function limitInFlight({ limits }: ChainOptions): Filter {
  const inFlight = { reading: 0, mutating: 0 };
  return async (call, context, next) => {
    if (isLong(call) || context.user.groups.includes('system:masters')) return next(call, context);
    const lane = readingVerbs.has(call.verb) ? 'reading' : 'mutating';
    const most = lane === 'reading' ? limits.maxReadOnlyInFlight : limits.maxMutatingInFlight;
    if (inFlight[lane] >= most) throw tooManyRequests('Too many requests, please try again later.', 1);
    inFlight[lane]++;
    try {
      return await next(call, context);
    } finally {
      inFlight[lane]--;
    }
  };
}

const readingVerbs: ReadonlySet<string> = new Set(['get', 'list', 'watch', 'head', 'options']);

function authorize({ identity }: ChainOptions): Filter {
  return async (call, context, next) => {
    // What is open to everybody was let in without a name; it is not a right of that name.
    const attributes = attributesOf(call, context.user);
    const decision = identity.authorizer.authorize(attributes);
    const { verdict, reason } = decision instanceof Promise ? await decision : decision;
    if (verdict !== 'allow') throw forbiddenError(attributes, reason);
    return next(call, context);
  };
}

function limitTime({ clock, limits }: ChainOptions): Filter {
  return (call, context, next) => {
    if (isLong(call)) return next(call, context);
    return new Promise<ApiResult>((resolve, reject) => {
      const cancel = clock.after(timeoutMs(call, limits), () =>
        reject(timedOut(`request did not complete within requested timeout - context deadline exceeded`)),
      );
      next(call, context).then(resolve, reject).finally(cancel).catch(reject);
    });
  };
}

function timeoutMs(call: ApiCall, { requestTimeoutMs }: ChainLimits): number {
  const asked = call.verb === 'list' ? call.options?.timeoutSeconds : undefined;
  return asked !== undefined && asked > 0 ? Math.min(asked * 1000, requestTimeoutMs) : requestTimeoutMs;
}

/** Watches and streams last as long as they last. */
const isLong = (call: ApiCall): boolean =>
  call.verb === 'watch' || call.verb === 'connect' || ('resource' in call && call.resource.subresource === 'log');

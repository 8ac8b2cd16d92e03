import type { HTTPGetAction, Lifecycle, LifecycleHandler, Probe } from '../../generated/core/v1.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type { IntOrString } from '../../int-or-string.ts';
import { validateText } from '../../validation/field-checks.ts';
import { validateNonNegative } from '../../validation/metadata.ts';
import { httpHeaderName, portName, portNumber } from '../../validation/names.ts';
import { stopSignals } from './container-stop-signals.ts';

type Handler = Partial<LifecycleHandler & Pick<Probe, 'grpc'>>;

export function validateLivenessProbe(probe: Probe | undefined, path: string): FieldError[] {
  if (!probe) return [];
  return [...validateProbe(probe, path), ...validateSingleSuccess(probe, path)];
}

export const validateStartupProbe = validateLivenessProbe;

export function validateReadinessProbe(probe: Probe | undefined, path: string): FieldError[] {
  if (!probe) return [];
  const problems = validateProbe(probe, path);
  if (probe.terminationGracePeriodSeconds !== undefined) {
    const detail = 'must not be set for readinessProbes';
    problems.push(invalid(`${path}.terminationGracePeriodSeconds`, probe.terminationGracePeriodSeconds, detail));
  }
  return problems;
}

function validateSingleSuccess({ successThreshold = 0 }: Probe, path: string): FieldError[] {
  return successThreshold === 1 ? [] : [invalid(`${path}.successThreshold`, successThreshold, 'must be 1')];
}

function validateProbe(probe: Probe, path: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, terminationGracePeriodSeconds } = probe;
  const problems = validateHandler({ exec, httpGet, tcpSocket, grpc }, undefined, path);
  for (const field of ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const) {
    problems.push(...validateNonNegative(probe[field] ?? 0, `${path}.${field}`));
  }
  if (terminationGracePeriodSeconds !== undefined && terminationGracePeriodSeconds <= 0) {
    problems.push(invalid(`${path}.terminationGracePeriodSeconds`, terminationGracePeriodSeconds, 'must be greater than 0'));
  }
  return problems;
}

/** `os` is the pod's, without which no stop signal can be chosen. */
export function validateLifecycle(
  lifecycle: Lifecycle | undefined,
  graceSeconds: number | undefined,
  os: string | undefined,
  path: string,
): FieldError[] {
  if (!lifecycle) return [];
  return [
    ...(lifecycle.postStart ? validateHandler(lifecycle.postStart, graceSeconds, `${path}.postStart`) : []),
    ...(lifecycle.preStop ? validateHandler(lifecycle.preStop, graceSeconds, `${path}.preStop`) : []),
    ...(lifecycle.stopSignal ? validateStopSignal(lifecycle.stopSignal, os, `${path}.stopSignal`) : []),
  ];
}

function validateStopSignal(signal: string, os: string | undefined, path: string): FieldError[] {
  if (!os) return [forbidden(path, 'may not be set for containers with empty `spec.os.name`')];
  const allowed = os === 'windows' ? ['SIGKILL', 'SIGTERM'] : stopSignals;
  return allowed.includes(signal) ? [] : [notSupported(path, signal, allowed)];
}

function validateHandler(handler: Handler, graceSeconds: number | undefined, path: string): FieldError[] {
  const checks: [field: string, check: (() => FieldError[]) | undefined][] = [
    ['exec', handler.exec && (() => (handler.exec?.command?.length ? [] : [required(`${path}.exec.command`)]))],
    ['httpGet', handler.httpGet && (() => validateHttpGet(handler.httpGet!, `${path}.httpGet`))],
    ['tcpSocket', handler.tcpSocket && (() => validatePortNumberOrName(handler.tcpSocket!.port, `${path}.tcpSocket.port`))],
    ['grpc', handler.grpc && (() => validatePortNumberOrName(handler.grpc!.port, `${path}.grpc.port`))],
    ['sleep', handler.sleep && (() => validateSleep(handler.sleep!.seconds, graceSeconds, `${path}.sleep`))],
  ];
  const set = checks.filter(([, check]) => check);
  if (set.length === 0) return [required(path, 'must specify a handler type')];
  return set.flatMap(([field, check], i) =>
    i === 0 ? check!() : [forbidden(`${path}.${field}`, 'may not specify more than 1 handler type')],
  );
}

function validateHttpGet(action: HTTPGetAction, path: string): FieldError[] {
  const problems = action.path ? [] : [required(`${path}.path`)];
  problems.push(...validatePortNumberOrName(action.port, `${path}.port`));
  if (action.scheme !== 'HTTP' && action.scheme !== 'HTTPS') {
    problems.push(notSupported(`${path}.scheme`, action.scheme ?? '', ['HTTP', 'HTTPS']));
  }
  for (const { name } of action.httpHeaders ?? []) problems.push(...validateText(name ?? '', `${path}.httpHeaders`, httpHeaderName));
  return problems;
}

export function validatePortNumberOrName(port: IntOrString | undefined, path: string): FieldError[] {
  if (typeof port === 'string') return validateText(port, path, portName);
  return portNumber(port ?? 0).map((detail) => invalid(path, port ?? 0, detail));
}

function validateSleep(seconds: number, graceSeconds: number | undefined, path: string): FieldError[] {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
  return [invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)];
}

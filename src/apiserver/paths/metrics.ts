import { utf8 } from '../../codec/bytes.ts';
import type { PathHandler } from '../ports.ts';
import { isRead } from './answer.ts';

export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8; escaping=values';

/** `/metrics` in Prometheus' text format, made anew for each call. */
export function metricsPath(metrics: { text(): string }): PathHandler {
  return (call) =>
    isRead(call) && call.path === '/metrics'
      ? { type: 'bytes', code: 200, contentType: metricsMediaType, body: utf8(metrics.text()) }
      : undefined;
}

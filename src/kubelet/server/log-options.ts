/** PodLogOptions, as `kubectl logs` asks. */
export interface LogOptions {
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  /** Only lines written since then. */
  readonly sinceMs?: number;
  readonly stream?: 'stdout' | 'stderr';
}

type Query = ReadonlyMap<string, readonly string[]>;

/** The API server has checked them. */
export function logOptions(query: Query, nowMs: number): LogOptions {
  const said = (name: string): string | undefined => query.get(name)?.[0];
  const number = (name: string): number | undefined => (said(name) ? Number(said(name)) : undefined);
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = said('sinceTime');
  const sinceMs = sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : sinceTime ? Date.parse(sinceTime) : undefined;
  const stream = said('stream');
  return {
    follow: isTrue(said('follow')),
    timestamps: isTrue(said('timestamps')),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(stream === 'Stdout' && { stream: 'stdout' }),
    ...(stream === 'Stderr' && { stream: 'stderr' }),
  };
}

export const isTrue = (text: string | undefined): boolean => text !== undefined && ['true', '1', 't', 'T', 'TRUE', 'True'].includes(text);

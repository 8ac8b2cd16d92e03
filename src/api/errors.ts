import { fieldErrorBody, fieldErrorText, type FieldError } from './field-error.ts';
import { groupKindText, groupResourceText, type GroupKind, type GroupResource, type Status, type StatusDetails } from './meta.ts';

/** An error the API speaks: it becomes a `Status` on the wire and is rebuilt from one by a client. */
export class ApiError extends Error {
  override name = 'ApiError';
  /** The HTTP status. */
  readonly code: number;
  /** Kubernetes' word for it, such as `NotFound`; '' for none. */
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get status(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason !== '' && { reason: this.reason }),
      ...(this.details && { details: this.details }),
      code: this.code,
    };
  }

  static fromStatus(status: Partial<Status>): ApiError {
    return new ApiError(status.code ?? 500, status.reason ?? '', status.message ?? 'unknown', status.details);
  }
}

export const isReason = (error: unknown, reason: string): error is ApiError => error instanceof ApiError && error.reason === reason;
export const isNotFound = (error: unknown): error is ApiError => isReason(error, 'NotFound');
export const isConflict = (error: unknown): error is ApiError => isReason(error, 'Conflict');
export const isAlreadyExists = (error: unknown): error is ApiError => isReason(error, 'AlreadyExists');
/** Of a write that failed: a refusal is an answer; a failure on the way, or after it, is none. */
export const mayHaveBeenDone = (error: unknown): boolean => !(error instanceof ApiError) || error.code === 0 || error.code >= 500;
/** A watch or a continue token older than history: list again. */
export const isGone = (error: unknown): error is ApiError => error instanceof ApiError && error.code === 410;

// Sentences and codes are those of apimachinery's errors.New*; `details.kind` holds the resource's name, an oddity of Kubernetes'.

export const notFound = (what: GroupResource, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${groupResourceText(what)} ${JSON.stringify(name)} not found`, about(what, name));

export const alreadyExists = (what: GroupResource, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${groupResourceText(what)} ${JSON.stringify(name)} already exists`, about(what, name));

export const conflict = (what: GroupResource, name: string, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${groupResourceText(what)} ${JSON.stringify(name)}: ${why}`,
    about(what, name),
  );

/** The `why` of a write that carried an old resourceVersion. */
export const staleObject = 'the object has been modified; please apply your changes to the latest version and try again';

export const forbiddenFor = (what: GroupResource, name: string, why: string): ApiError => {
  const subject =
    what.resource === '' ? 'forbidden' : `${groupResourceText(what)}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden`;
  return new ApiError(403, 'Forbidden', `${subject}: ${why}`, about(what, name));
};

export function invalidObject(what: GroupKind, name: string, problems: readonly FieldError[]): ApiError {
  const texts = [...new Set(problems.map(fieldErrorText))];
  const all = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  return new ApiError(422, 'Invalid', `${groupKindText(what)} ${JSON.stringify(name)} is invalid: ${all}`, {
    ...(name !== '' && { name }),
    ...(what.group !== '' && { group: what.group }),
    ...(what.kind !== '' && { kind: what.kind }),
    causes: problems.map((problem) => ({ reason: problem.type, message: fieldErrorBody(problem), field: problem.field })),
  });
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);
export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');
export const methodNotSupported = (what: GroupResource, verb: string): ApiError =>
  new ApiError(
    405,
    'MethodNotAllowed',
    `${verb} is not supported on resources of kind ${JSON.stringify(groupResourceText(what))}`,
    about(what, ''),
  );
export const notAcceptable = (mediaTypes: readonly string[]): ApiError =>
  new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${mediaTypes.join(', ')}`);
export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message);
/** An answer for a revision that history no longer has. */
export const resourceExpired = (): ApiError => expired('The provided resource version is no longer available');
export const tooLargeRequest = (message: string): ApiError => new ApiError(413, 'RequestEntityTooLarge', message);
export const unsupportedMediaType = (mediaTypes: readonly string[]): ApiError =>
  new ApiError(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${mediaTypes.join(', ')}`,
  );
export const tooManyRequests = (message: string, retryAfterSeconds: number): ApiError =>
  new ApiError(429, 'TooManyRequests', message, { retryAfterSeconds });
export const internal = (error: unknown): ApiError =>
  new ApiError(
    500,
    'InternalError',
    `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`,
    { causes: [{ message: error instanceof Error ? error.message : String(error) }] },
    { cause: error },
  );
export const timedOut = (message: string, retryAfterSeconds = 0): ApiError =>
  new ApiError(504, 'Timeout', `Timeout: ${message}`, retryAfterSeconds > 0 ? { retryAfterSeconds } : undefined);
export const serviceUnavailable = (message: string): ApiError => new ApiError(503, 'ServiceUnavailable', message);

function about({ group, resource }: GroupResource, name: string): StatusDetails {
  return { ...(name !== '' && { name }), ...(group !== '' && { group }), ...(resource !== '' && { kind: resource }) };
}

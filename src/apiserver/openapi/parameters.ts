/** The parameters that requests take, by name; where subresources share a name for different things, by `name of subresource`. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

const text = 'string';
const flag = 'boolean';
const number = 'integer';

const table: readonly (readonly [key: string, type: Parameter['type'], description: string])[] = [
  ['allowWatchBookmarks', flag, 'Let the watch send BOOKMARK events, which carry a resourceVersion and no change. Ignored without watch.'],
  [
    'continue',
    text,
    "The token of the last answer's metadata.continue: the next part of a list that is read in parts. Its other parameters must stay.",
  ],
  ['dryRun', text, "Do everything but store the result. The only directive is 'All'."],
  ['fieldManager', text, 'Who makes the change, for the managed fields: at most 128 printable characters. Required for apply.'],
  ['fieldSelector', text, 'Only objects whose fields match.'],
  [
    'fieldValidation',
    text,
    "What becomes of unknown and duplicate fields in the body: 'Ignore' drops them, 'Warn' (the default) drops them with a warning, 'Strict' refuses the request.",
  ],
  ['force', flag, 'Apply: take over fields that others own. Not for other patches.'],
  ['gracePeriodSeconds', number, "How long the object may take to end. 0 deletes at once; the default is the object's, or its kind's."],
  [
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    flag,
    'Delete even an object that cannot be read from the store, without regard to finalizers and preconditions. May break the cluster.',
  ],
  ['labelSelector', text, 'Only objects whose labels match.'],
  ['limit', number, 'At most so many objects in an answer; the rest under metadata.continue.'],
  ['orphanDependents', flag, 'Deprecated: use propagationPolicy.'],
  ['pretty', text, "'true' for an indented answer, which browsers, curl and wget get in any case."],
  [
    'propagationPolicy',
    text,
    "What becomes of dependents: 'Orphan' leaves them, 'Background' deletes them afterwards, 'Foreground' deletes them first.",
  ],
  ['resourceVersion', text, 'From which version on, or at which, the answer may be.'],
  ['resourceVersionMatch', text, "How resourceVersion counts for lists: 'Exact' or 'NotOlderThan'."],
  [
    'sendInitialEvents',
    flag,
    'Begin the watch with an event for each object there is, and a bookmark after them. Needs resourceVersionMatch.',
  ],
  ['timeoutSeconds', number, 'How long a list or watch may last.'],
  ['watch', flag, 'Send changes as they come, rather than the list.'],
  ['command of exec', text, 'The program to run and its arguments, one at a time. No shell reads them.'],
  ['container', text, 'Which container of the pod; its only one may go without saying.'],
  ['stdin', flag, 'Pass standard input on to the container.'],
  ['stdout', flag, 'Send standard output.'],
  ['stderr', flag, 'Send standard error.'],
  ['tty', flag, 'Give the program a terminal.'],
  ['ports of portforward', number, 'Ports to forward; required over WebSocket.'],
  ['path of proxy', text, 'The path to ask the proxied server for.'],
  ['follow of log', flag, 'Go on sending the log as it grows.'],
  ['insecureSkipTLSVerifyBackend of log', flag, "Do not verify the kubelet's certificate."],
  ['limitBytes of log', number, 'Send no more bytes than these.'],
  ['previous of log', flag, "The log of the container's previous run."],
  ['sinceSeconds of log', number, 'Only what was written in the last so many seconds.'],
  ['stream of log', text, "'All', 'Stdout' or 'Stderr'."],
  ['tailLines of log', number, 'Only so many lines from the end.'],
  ['timestamps of log', flag, 'Begin each line with its time.'],
];

const parameters = new Map(
  table.map(([key, type, description]): [string, Parameter] => [key, { name: key.split(' ', 1)[0]!, in: 'query', type, description }]),
);

/** `name of subresource` where that has its own, else the general one. */
export function parameterOf(key: string): Parameter {
  const parameter = parameters.get(key);
  if (!parameter) throw new Error(`no parameter ${key}`);
  return parameter;
}

export const namespaceParameter: Parameter = {
  name: 'namespace',
  in: 'path',
  type: 'string',
  description: 'object name and auth scope, such as for teams and projects',
};

export const nameParameter = (kind: string): Parameter => ({
  name: 'name',
  in: 'path',
  type: 'string',
  description: `name of the ${kind}`,
});

export const pathParameter: Parameter = { name: 'path', in: 'path', type: 'string', description: 'path to the resource' };

/** By action, in the order in which they are published. */
export const parametersOf: Readonly<Record<string, readonly string[]>> = {
  list: [
    'allowWatchBookmarks',
    'continue',
    'fieldSelector',
    'labelSelector',
    'limit',
    'resourceVersion',
    'resourceVersionMatch',
    'sendInitialEvents',
    'timeoutSeconds',
    'watch',
  ],
  post: ['dryRun', 'fieldManager', 'fieldValidation'],
  put: ['dryRun', 'fieldManager', 'fieldValidation'],
  patch: ['dryRun', 'fieldManager', 'fieldValidation', 'force'],
  delete: ['dryRun', 'gracePeriodSeconds', 'ignoreStoreReadErrorWithClusterBreakingPotential', 'orphanDependents', 'propagationPolicy'],
  deletecollection: [
    'continue',
    'dryRun',
    'fieldSelector',
    'gracePeriodSeconds',
    'ignoreStoreReadErrorWithClusterBreakingPotential',
    'labelSelector',
    'limit',
    'orphanDependents',
    'propagationPolicy',
    'resourceVersion',
    'resourceVersionMatch',
    'sendInitialEvents',
    'timeoutSeconds',
  ],
};

/** Of subresources whose options stand in the query. */
export const parametersOfSubresource: Readonly<Record<string, readonly string[]>> = {
  attach: ['container', 'stderr', 'stdin', 'stdout', 'tty'],
  exec: ['command of exec', 'container', 'stderr', 'stdin', 'stdout', 'tty'],
  portforward: ['ports of portforward'],
  proxy: ['path of proxy'],
  log: [
    'container',
    'follow of log',
    'insecureSkipTLSVerifyBackend of log',
    'limitBytes of log',
    'previous of log',
    'sinceSeconds of log',
    'stream of log',
    'tailLines of log',
    'timestamps of log',
  ],
};

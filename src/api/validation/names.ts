import { utf8Length } from './text-size.ts';

/**
 * The formats of names. Each function answers with the details of all that is wrong with the text,
 * in apimachinery's sentences (util/validation and api/validate/content); an empty list is a good
 * name. Lengths count UTF-8 bytes.
 */
export type NameCheck = (text: string) => string[];

/** As `NameCheck`, for `metadata.name`; `asPrefix` allows the trailing dash of a `generateName`. */
export type ObjectNameCheck = (name: string, asPrefix: boolean) => string[];

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const labelWithUnderscore = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const subdomainWithUnderscore = `${labelWithUnderscore}(\\.${labelWithUnderscore})*`;
const wildcardSubdomain = `\\*\\.${subdomain}`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const keyName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const maxLabelBytes = 63;
const maxSubdomainBytes = 253;

export function dns1123Label(text: string): string[] {
  const problems = atMost(maxLabelBytes, text);
  if (whole(label).test(text)) return problems;
  return [
    ...problems,
    whole(subdomain).test(text)
      ? 'must not contain dots'
      : regexDetail(
          "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
          label,
          ['my-name', '123-abc'],
        ),
  ];
}

export const dns1123Subdomain: NameCheck = (text) => [
  ...atMost(maxSubdomainBytes, text),
  ...matching(
    subdomain,
    text,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
    ['example.com'],
  ),
];

export const dns1123SubdomainWithUnderscore: NameCheck = (text) => [
  ...atMost(maxSubdomainBytes, text),
  ...matching(
    subdomainWithUnderscore,
    text,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
    ['example.com'],
  ),
];

export const wildcardDns1123Subdomain: NameCheck = (text) => [
  ...atMost(maxSubdomainBytes, text),
  ...matching(
    wildcardSubdomain,
    text,
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    ['*.example.com'],
  ),
];

export const dns1035Label: NameCheck = (text) => [
  ...atMost(maxLabelBytes, text),
  ...matching(
    label1035,
    text,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
    ['my-name', 'abc-123'],
  ),
];

/** A label's or annotation's key, a finalizer, a condition type: `[prefix/]name`. */
export function qualifiedName(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2)
    return [`a valid label key ${keyNameDetail} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const name = parts.at(-1)!;
  const problems: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...dns1123Subdomain(prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else problems.push(...atMost(maxLabelBytes, name).map((problem) => `name part ${problem}`));
  if (!whole(keyName).test(name)) problems.push(`name part ${keyNameDetail}`);
  return problems;
}

const keyNameDetail = regexDetail(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  keyName,
  ['MyName', 'my.name', '123-abc'],
);

/** A qualified name whose prefix may not be left out. */
export function prefixedQualifiedName(text: string): string[] {
  const problems = qualifiedName(text);
  if (problems.length > 0 || text.includes('/')) return problems;
  return ["must include a prefix (e.g. 'example.com/key')"];
}

export const labelValue: NameCheck = (text) => [
  ...atMost(maxLabelBytes, text),
  ...matching(
    `(${keyName})?`,
    text,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    ['MyValue', 'my_value', '12345'],
  ),
];

export const cIdentifier: NameCheck = (text) =>
  matching(
    '[A-Za-z_][A-Za-z0-9_]*',
    text,
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
    ['my_name', 'MY_NAME', 'MyName'],
  );

/** The reason of a metav1.Condition; its length is for the caller to check. */
export const conditionReason: NameCheck = (text) =>
  matching(
    '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?',
    text,
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_'",
    ['my_name', 'MY_NAME', 'MyName', 'ReasonA,ReasonB', 'ReasonA:ReasonB'],
  );

/** IANA service name syntax, as container and service ports are named. */
export function portName(text: string): string[] {
  const problems = atMost(15, text);
  if (!/^[-a-z0-9]+$/.test(text)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

export const portNumber = (port: number): string[] => inRange(port, 1, 65535);
/** As libcontainer's: those of an int32. */
export const userId = (id: number): string[] => inRange(id, 0, 2 ** 31 - 1);
export const groupId = userId;

export const inRange = (value: number, low: number, high: number): string[] =>
  value >= low && value <= high ? [] : [rangeDetail(low, high)];

export const rangeDetail = (low: number, high: number): string => `must be between ${low} and ${high}, inclusive`;

export const percent: NameCheck = (text) =>
  matching('[0-9]+%', text, "a valid percent string must be a numeric string followed by an ending '%'", ['1%', '93%']);

export const httpHeaderName: NameCheck = (text) =>
  matching('[-A-Za-z0-9]+', text, "a valid HTTP header must consist of alphanumeric characters or '-'", ['X-Header-Name']);

/** The strict form, which keys of `envFrom` and downward files still have. */
export const envVarName: NameCheck = (text) => [
  ...matching(
    '[-._a-zA-Z][-._a-zA-Z0-9]*',
    text,
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
    ['my.env-name', 'MY_ENV.NAME', 'MyEnvName1'],
  ),
  ...dotDirectory(text),
];

/** What RelaxedEnvironmentVariableValidation (on since 1.32) lets a variable be called. */
export function relaxedEnvVarName(text: string): string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  return /^[ -<>-~]*$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap or Secret. */
export const configMapKey: NameCheck = (text) => [
  ...atMost(maxSubdomainBytes, text),
  ...matching('[-._a-zA-Z0-9]+', text, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'", [
    'key.name',
    'KEY_NAME',
    'key-name',
  ]),
  ...dotDirectory(text),
];

/** The least that any name must be, to stand in a URL: what RBAC and CSR names have for a rule. */
export function pathSegmentName(name: string, asPrefix = false): string[] {
  if (!asPrefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
}

export const nameIsDns1123Subdomain: ObjectNameCheck = (name, asPrefix) => dns1123Subdomain(asPrefix ? maskTrailingDash(name) : name);
export const nameIsDns1123Label: ObjectNameCheck = (name, asPrefix) => dns1123Label(asPrefix ? maskTrailingDash(name) : name);
export const nameIsDns1035Label: ObjectNameCheck = (name, asPrefix) => dns1035Label(asPrefix ? maskTrailingDash(name) : name);

/** Upstream drops the character before the dash with it; kept, as it decides which prefixes pass. */
const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

/** `sentence (e.g. 'a', or 'b', regex used for validation is '…')`. */
export function regexDetail(sentence: string, pattern: string, examples: readonly string[] = []): string {
  const used = `regex used for validation is '${pattern}'`;
  if (examples.length === 0) return `${sentence} (${used})`;
  return `${sentence} (e.g. ${examples.map((example) => `'${example}', `).join(' or ')}${used})`;
}

function matching(pattern: string, text: string, sentence: string, examples: readonly string[]): string[] {
  return whole(pattern).test(text) ? [] : [regexDetail(sentence, pattern, examples)];
}

function atMost(maxBytes: number, text: string): string[] {
  return utf8Length(text) > maxBytes ? [`must be no more than ${maxBytes} bytes`] : [];
}

function dotDirectory(text: string): string[] {
  if (text === '.' || text === '..') return [`must not be '${text}'`];
  return text.startsWith('..') ? ["must not start with '..'"] : [];
}

const compiled = new Map<string, RegExp>();

/** The pattern, anchored at both ends. None is quadratic on the sizes that pass `atMost`'s callers. */
function whole(pattern: string): RegExp {
  let regex = compiled.get(pattern);
  if (!regex) compiled.set(pattern, (regex = new RegExp(`^(?:${pattern})$`)));
  return regex;
}

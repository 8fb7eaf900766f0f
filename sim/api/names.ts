/**
 * Rules for names, label keys and label values (Kubernetes v1.36, apimachinery/pkg/util/validation). Each check returns the
 * API server's own words for what is wrong, none if the text is fine.
 */
type Problems = readonly string[];
const FINE: Problems = [];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const label1035 = whole(LABEL_1035);
const qualified = whole(QUALIFIED);
const labelValue = whole(LABEL_VALUE);

const DASH = 45;
const DOT = 46;
const isLowerOrDigit = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57);

/** Whether the text matches SUBDOMAIN, or LABEL if `dots` is false; every new object's name passes here. */
function isDnsName(text: string, dots: boolean): boolean {
  let before = DOT;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (!dots || before === DOT || before === DASH) return false;
    } else if (code === DASH) {
      if (before === DOT) return false;
    } else if (!isLowerOrDigit(code)) return false;
    before = code;
  }
  return before !== DOT && before !== DASH;
}

const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8');

/** "e.g." clause followed by the pattern, as upstream words it. */
export function regexProblem(rule: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

const SUBDOMAIN_PROBLEM = regexProblem(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const LABEL_PROBLEM = regexProblem(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const LABEL_1035_PROBLEM = regexProblem(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);
const QUALIFIED_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const QUALIFIED_PROBLEM = regexProblem(
  `name part ${QUALIFIED_RULE}`,
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
);
const LABEL_VALUE_PROBLEM = regexProblem(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);
const QUALIFIED_SHAPE = `a qualified name ${regexProblem(QUALIFIED_RULE, QUALIFIED, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;

export const tooLong = (max: number): string => `must be no more than ${max} characters`;
export const tooManyBytes = (max: number): string => `must be no more than ${max} bytes`;

function check(text: string, max: number, matches: boolean, problem: string): Problems {
  if (text.length <= max && matches) return FINE;
  const problems: string[] = [];
  if (text.length > max) problems.push(tooLong(max));
  if (!matches) problems.push(problem);
  return problems;
}

/** Lower-case letters, digits and `-`, at most 63. */
export const dnsLabelProblems = (text: string): Problems =>
  text.length <= 63 && isDnsName(text, false)
    ? FINE
    : check(
        text,
        63,
        isDnsName(text, false),
        isDnsName(text, true) ? 'must not contain dots' : LABEL_PROBLEM,
      );
/** Labels joined by dots, at most 253. */
export const dnsSubdomainProblems = (text: string): Problems =>
  check(text, 253, isDnsName(text, true), SUBDOMAIN_PROBLEM);
/** As a DNS label, starting with a letter. */
export const dns1035LabelProblems = (text: string): Problems =>
  check(text, 63, label1035.test(text), LABEL_1035_PROBLEM);

/** Label and annotation keys, resource names: `prefix/name` or `name`. */
export function qualifiedNameProblems(text: string): Problems {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  if (slash < 0 && name.length <= 63 && qualified.test(name)) return FINE;
  const problems: string[] = [];
  if (slash >= 0) {
    const prefix = text.slice(0, slash);
    if (name.includes('/')) return [QUALIFIED_SHAPE];
    if (prefix === '') problems.push('prefix part must be non-empty');
    else for (const problem of dnsSubdomainProblems(prefix)) problems.push(`prefix part ${problem}`);
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${tooManyBytes(63)}`);
  if (!qualified.test(name)) problems.push(QUALIFIED_PROBLEM);
  return problems;
}

export function labelValueProblems(text: string): Problems {
  if (text.length <= 63 && labelValue.test(text)) return FINE;
  const problems: string[] = [];
  if (utf8Length(text) > 63) problems.push(tooManyBytes(63));
  if (!labelValue.test(text)) problems.push(LABEL_VALUE_PROBLEM);
  return problems;
}

const PORT_NAME = /^[-a-z0-9]+$/;

/** IANA service names: how container and service ports are called. */
export function portNameProblems(text: string): Problems {
  const problems: string[] = [];
  if (text.length > 15) problems.push(tooLong(15));
  if (!PORT_NAME.test(text))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

const configKey = /^[-._a-zA-Z0-9]+$/;
const CONFIG_KEY_PROBLEM = regexProblem(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
);

/** Keys of ConfigMaps and Secrets. */
export function configKeyProblems(text: string): Problems {
  const problems = [...check(text, 253, configKey.test(text), CONFIG_KEY_PROBLEM)];
  if (text === '.' || text === '..') problems.push(`must not be '${text}'`);
  else if (text.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** Path segments, as names of RBAC kinds: anything but `.`, `..`, `/` and `%`. */
export function pathSegmentProblems(text: string): Problems {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  const problems: string[] = [];
  for (const forbidden of ['/', '%'])
    if (text.includes(forbidden)) problems.push(`may not contain '${forbidden}'`);
  return problems;
}

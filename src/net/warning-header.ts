import { fromHeader, toHeader } from './header-text.ts';

/** Upstream's bounds, in characters: past the first, each text is cut to the second. */
const mostCharacters = 4 * 1024;
const mostOfEach = 256;

/** Values of `Warning` headers as Kubernetes sends them: code 299, no agent, the text quoted (RFC 7234). */
export function warningHeaders(warnings: readonly string[]): string[] {
  const texts = [...new Set(warnings.map(oneLine))].filter((warning) => warning !== '').map((warning) => Array.from(warning));
  const total = texts.reduce((sum, characters) => sum + characters.length, 0);
  if (total <= mostCharacters) return texts.map(headerOf);
  const kept: string[] = [];
  let written = 0;
  for (const characters of texts) {
    if (written >= mostCharacters) break;
    const cut = characters.slice(0, mostOfEach);
    written += cut.length;
    kept.push(headerOf(cut));
  }
  return kept;
}

const headerOf = (characters: readonly string[]): string => `299 - "${toHeader(characters.join('').replace(/[\\"]/g, String.raw`\$&`))}"`;

/** Upstream loses warnings of several lines; ours lose the line breaks. */
const oneLine = (warning: string): string => warning.replace(/\p{Cc}+/gu, ' ').trim();

/** The texts in values of `Warning` headers, of which one may hold several. */
export function warningTexts(headers: readonly string[]): string[] {
  return headers.flatMap((header) =>
    Array.from(header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/gs), ([, quoted = '']) => fromHeader(quoted.replace(/\\(.)/gs, '$1'))),
  );
}

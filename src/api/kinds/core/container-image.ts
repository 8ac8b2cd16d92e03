/** distribution/reference's grammar: `[domain/]path[:tag][@digest]`. */
const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const domainLabel = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const domain = `(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const reference = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
);

/** The image's tag, `latest` where it has neither tag nor digest, '' for a digest or what is no image's name. */
export function imageTag(image: string): string {
  const parts = reference.exec(image);
  if (!parts) return '';
  const [, tag, digest] = parts;
  return tag ?? (digest === undefined ? 'latest' : '');
}

/** What `imagePullPolicy` is when it is not said. */
export const defaultPullPolicy = (image: string): 'Always' | 'IfNotPresent' => (imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent');

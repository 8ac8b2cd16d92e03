import { CriError } from '../../cri.ts';

/** An image's name in full, as docker's reference rules complete it. */
export interface ImageName {
  /** `docker.io` */
  readonly domain: string;
  /** `library/nginx` */
  readonly path: string;
  /** Absent where a digest stands alone. */
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

/** Completes `nginx` to `docker.io/library/nginx:latest`. Throws CriError `InvalidArgument` for what is no name of an image. */
export function parseImageName(text: string): ImageName {
  const match = shape.exec(text);
  if (!match) throw new CriError('InvalidArgument', `failed to parse image ${JSON.stringify(text)}: invalid reference format${hint(text)}`);
  const [, name = '', tag, digest] = match;
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  // A first part that cannot be a host's name is a folder at Docker Hub.
  const hasDomain = slash > 0 && (/[.:]/.test(first) || first === 'localhost');
  const domain = hasDomain && first !== 'index.docker.io' ? first : 'docker.io';
  const path = hasDomain ? name.slice(slash + 1) : name;
  const fullPath = domain === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  const fullTag = tag ?? (digest === undefined ? 'latest' : undefined);
  return { domain, path: fullPath, ...(fullTag !== undefined && { tag: fullTag }), ...(digest !== undefined && { digest }) };
}

/** The commonest mistake has a message of its own. */
function hint(text: string): string {
  if (!shape.test(text.toLowerCase())) return '';
  const repository = text.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  return `: repository name (${repository.includes('/') ? repository : `library/${repository}`}) must be lowercase`;
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const host = '(?:[a-zA-Z0-9-]+(?:\\.[a-zA-Z0-9-]+)*(?::[0-9]+)?)';
const shape = new RegExp(
  `^((?:${host}/)?${component}(?:/${component})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([a-z0-9]+:[0-9a-f]{32,}))?$`,
);

/** `docker.io/library/nginx` */
export const repositoryOf = ({ domain, path }: ImageName): string => `${domain}/${path}`;

/** `docker.io/library/nginx:1.12` */
export const imageNameText = (name: ImageName): string =>
  `${repositoryOf(name)}${name.tag === undefined ? '' : `:${name.tag}`}${name.digest === undefined ? '' : `@${name.digest}`}`;

/** `nginx`: what people call the image. */
export const shortNameOf = ({ path }: ImageName): string => path.slice(path.lastIndexOf('/') + 1);

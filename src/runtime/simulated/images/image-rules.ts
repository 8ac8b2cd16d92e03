import { CriError } from '../../cri.ts';
import { imageNameText, type ImageName } from './image-name.ts';

/** What pulling images of some names is like. The first rule that fits an image holds; an image without one is there for the asking. */
export interface ImageRule {
  /** Held against the full name, `docker.io/library/nginx:1.12`. */
  readonly image: RegExp;
  /** `no-repository`, `no-tag`, or a registry's own words. */
  readonly error?: 'no-repository' | 'no-tag' | { readonly message: string };
  /** How long the pull takes, or is tried before it fails. */
  readonly pullMs?: number;
}

/** Names that people write when they mean an image that is not there. */
export const defaultImageRules: readonly ImageRule[] = [
  { image: /\/(does-?not-?exist|non-?existent|no-?such-?image)[^/]*$/, error: 'no-repository' },
  { image: /:(does-?not-?exist|non-?existent|no-?such-?tag|bad|broken)[^/]*$/, error: 'no-tag' },
  // The slips of the pen in Kubernetes' own pages and tests.
  { image: /\/(nginx:1\.161|webserver:404)$/, error: 'no-tag' },
];

/** The failure of a pull, in containerd's words. */
export function pullError(name: ImageName, error: NonNullable<ImageRule['error']>): CriError {
  const full = imageNameText(name);
  const because = (reason: string) => `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${reason}`;
  if (typeof error === 'object') return new CriError('Unknown', because(error.message));
  if (error === 'no-repository' && name.domain === 'docker.io') return new CriError('Unknown', because(denied));
  return new CriError('NotFound', because(`${full}: not found`));
}

/** Docker Hub does not tell what is missing from what is private. */
const denied =
  'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';

import type { ImageName } from './image-name.ts';

/** As whom an image's process runs, unless the pod says otherwise. */
export interface ImageUser {
  readonly uid?: number;
  /** In place of a number, where the image's maker wrote a name. */
  readonly username?: string;
}

/** The official images of Docker Hub run as root, all but these. Of other images nothing is known: they run as somebody. */
export function userOf({ domain, path }: ImageName): ImageUser {
  if (domain !== 'docker.io' || !path.startsWith('library/')) return {};
  return others.get(path.slice('library/'.length)) ?? { uid: 0 };
}

const others: ReadonlyMap<string, ImageUser> = new Map([
  ['elasticsearch', { uid: 1000 }],
  ['kibana', { uid: 1000 }],
  ['logstash', { uid: 1000 }],
  ['jetty', { username: 'jetty' }],
  ['memcached', { username: 'memcache' }],
  ['solr', { username: 'solr' }],
  ['sonarqube', { username: 'sonarqube' }],
  ['varnish', { username: 'varnish' }],
]);

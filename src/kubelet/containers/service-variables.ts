import type { Service } from '../../api/generated/core/v1.ts';

/**
 * The variables by which pods find services that were there before them: of the pod's namespace, where
 * it wants them, and always of the API server. Source: pkg/kubelet/envvars.
 */
export function serviceVariables(services: readonly Service[], namespace: string, wanted: boolean): ReadonlyMap<string, string> {
  const byName = new Map<string, Service>();
  for (const service of services) {
    const { name = '', namespace: home } = service.metadata;
    const { clusterIP = '', ports = [] } = service.spec ?? {};
    if (clusterIP === '' || clusterIP === 'None' || ports.length === 0) continue;
    const isApiServer = home === 'default' && name === 'kubernetes';
    if (home === namespace && (wanted || isApiServer)) byName.set(name, service);
    else if (isApiServer && !byName.has(name)) byName.set(name, service);
  }
  const variables = new Map<string, string>();
  for (const name of [...byName.keys()].sort()) addService(variables, byName.get(name)!);
  return variables;
}

function addService(variables: Map<string, string>, { metadata, spec }: Service): void {
  const prefix = variablePart(metadata.name ?? '');
  const host = spec?.clusterIP ?? '';
  const ports = spec?.ports ?? [];
  variables.set(`${prefix}_SERVICE_HOST`, host);
  variables.set(`${prefix}_SERVICE_PORT`, String(ports[0]!.port));
  for (const { name, port } of ports) if (name) variables.set(`${prefix}_SERVICE_PORT_${variablePart(name)}`, String(port));
  ports.forEach(({ protocol = 'TCP', port }, at) => {
    const lower = protocol.toLowerCase();
    const url = `${lower}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const portPrefix = `${prefix}_PORT_${port}_${protocol}`;
    if (at === 0) variables.set(`${prefix}_PORT`, url);
    variables.set(portPrefix, url);
    variables.set(`${portPrefix}_PROTO`, lower);
    variables.set(`${portPrefix}_PORT`, String(port));
    variables.set(`${portPrefix}_ADDR`, host);
  });
}

const variablePart = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** The pod asks for something that is not there or makes no sense: the container waits as `CreateContainerConfigError`. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

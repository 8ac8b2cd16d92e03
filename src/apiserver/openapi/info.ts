/** What every document says of itself. */
export const documentInfo = { title: 'Kubernetes', version: 'v1.36.0' };

export const security = [{ BearerToken: [] }];

export const securityScheme = {
  BearerToken: { type: 'apiKey', name: 'authorization', in: 'header', description: 'Bearer Token authentication' },
};

import type { Draft } from '../../draft.ts';
import type { DeviceClaim, DeviceRequest, DeviceToleration, ExactDeviceRequest } from '../../generated/resource/v1.ts';
import type { DeviceClaim as OldDeviceClaim, DeviceRequest as OldDeviceRequest } from '../../generated/resource/v1beta1.ts';

/** How many devices are wanted; of an exact request, of a subrequest, and of a v1beta1 request alike. */
interface Amount {
  allocationMode?: string;
  count?: number;
  tolerations?: Draft<DeviceToleration>[];
}

export function defaultDeviceClaim(claim: Draft<DeviceClaim> | undefined): void {
  for (const request of claim?.requests ?? []) {
    if (request.exactly) defaultAmount(request.exactly);
    request.firstAvailable?.forEach(defaultAmount);
  }
}

export function defaultOldDeviceClaim(claim: Draft<OldDeviceClaim> | undefined): void {
  for (const request of claim?.requests ?? []) {
    if (request.deviceClassName) defaultAmount(request);
    request.firstAvailable?.forEach(defaultAmount);
  }
}

function defaultAmount(amount: Amount): void {
  amount.allocationMode ||= 'ExactCount';
  if (amount.allocationMode === 'ExactCount') amount.count ||= 1;
  for (const toleration of amount.tolerations ?? []) toleration.operator ||= 'Equal';
}

/** What v1beta1 has in the request itself and v1 under `exactly`. */
const exactFields = ['deviceClassName', 'selectors', 'allocationMode', 'count', 'adminAccess', 'tolerations', 'capacity'] as const;

export function upgradeDeviceClaim(claim: Draft<OldDeviceClaim> | undefined): void {
  if (claim?.requests) claim.requests = claim.requests.map(upgradeRequest);
}

export function downgradeDeviceClaim(claim: Draft<DeviceClaim> | undefined): void {
  if (claim?.requests) claim.requests = claim.requests.map(downgradeRequest);
}

function upgradeRequest(request: Draft<OldDeviceRequest>): Draft<DeviceRequest> {
  const { name, firstAvailable } = request;
  const exact = Object.fromEntries(exactFields.filter((field) => request[field] !== undefined).map((field) => [field, request[field]]));
  return {
    name,
    ...(Object.keys(exact).length > 0 && { exactly: exact as unknown as Draft<ExactDeviceRequest> }),
    ...(firstAvailable && { firstAvailable }),
  };
}

function downgradeRequest({ name, exactly, firstAvailable }: Draft<DeviceRequest>): Draft<OldDeviceRequest> {
  return { name, ...exactly, ...(firstAvailable && { firstAvailable }) };
}

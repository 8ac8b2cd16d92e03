import type { Draft } from '../../draft.ts';
import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.ts';
import type {
  LimitedPriorityLevelConfiguration,
  LimitResponse,
  PriorityLevelConfiguration as PriorityLevelConfigurationType,
  QueuingConfiguration,
} from '../../generated/flowcontrol/v1.ts';
import { ageColumn, defineKind, nameColumn, type Column } from '../../kind.ts';
import { generatedKind } from '../../schemas.ts';
import { validateFlowConditions } from './flow-conditions.ts';

const maxQueues = 10_000_000;

const queuing = ({ spec }: PriorityLevelConfigurationType) => spec.limited?.limitResponse?.queuing;

const columns: readonly Column<PriorityLevelConfigurationType>[] = [
  nameColumn,
  { name: 'Type', type: 'string', cell: ({ spec }) => spec.type },
  { name: 'NominalConcurrencyShares', type: 'string', cell: ({ spec }) => spec.limited?.nominalConcurrencyShares ?? '<none>' },
  { name: 'Queues', type: 'string', cell: (level) => queuing(level)?.queues ?? '<none>' },
  { name: 'HandSize', type: 'string', cell: (level) => queuing(level)?.handSize ?? '<none>' },
  { name: 'QueueLengthLimit', type: 'string', cell: (level) => queuing(level)?.queueLengthLimit ?? '<none>' },
  ageColumn,
];

export const PriorityLevelConfiguration = defineKind<PriorityLevelConfigurationType>({
  ...generatedKind('flowcontrol.apiserver.k8s.io', 'v1', 'PriorityLevelConfiguration'),
  columns,
  strategy: {
    defaults: setDefaults,
    prepareForCreate: (level) => {
      level.status = {};
    },
    validate: ({ metadata, spec }) => validateSpec(spec, metadata.name),
    validateStatusUpdate: ({ status }) => validateFlowConditions(status.conditions ?? []),
  },
});

function setDefaults({ spec }: Draft<PriorityLevelConfigurationType>): void {
  if (spec?.exempt) {
    spec.exempt.nominalConcurrencyShares ??= 0;
    spec.exempt.lendablePercent ??= 0;
  }
  if (!spec?.limited) return;
  spec.limited.nominalConcurrencyShares ??= 30;
  spec.limited.lendablePercent ??= 0;
  const queues = spec.limited.limitResponse?.queuing;
  if (!queues) return;
  queues.handSize ||= 8;
  queues.queues ||= 64;
  queues.queueLengthLimit ||= 50;
}

function validateSpec({ type, limited, exempt }: PriorityLevelConfigurationType['spec'], name: string | undefined): FieldError[] {
  const problems: FieldError[] = [];
  if ((name === 'exempt') !== (type === 'Exempt'))
    problems.push(invalid('spec.type', type ?? '', "type must be 'Exempt' if and only if name is 'exempt'"));
  switch (type) {
    case 'Exempt':
      if (limited) problems.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
      if (exempt) problems.push(...validateShares(exempt, 'spec.exempt'));
      return problems;
    case 'Limited':
      if (exempt) problems.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
      return limited
        ? [...problems, ...validateLimited(limited, 'spec.limited')]
        : [...problems, required('spec.limited', 'must not be empty when type is Limited')];
    default:
      return [...problems, notSupported('spec.type', type ?? '', ['Exempt', 'Limited'])];
  }
}

function validateLimited(limited: LimitedPriorityLevelConfiguration, path: string): FieldError[] {
  const { limitResponse, borrowingLimitPercent } = limited;
  const problems = validateShares(limited, path);
  if (borrowingLimitPercent !== undefined && borrowingLimitPercent < 0)
    problems.push(invalid(`${path}.borrowingLimitPercent`, borrowingLimitPercent, 'if specified, must be a non-negative integer'));
  return [...problems, ...validateResponse(limitResponse, `${path}.limitResponse`)];
}

interface Shares {
  readonly nominalConcurrencyShares?: number;
  readonly lendablePercent?: number;
}

function validateShares({ nominalConcurrencyShares = 0, lendablePercent = 0 }: Shares, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (nominalConcurrencyShares < 0)
    problems.push(invalid(`${path}.nominalConcurrencyShares`, nominalConcurrencyShares, 'must be a non-negative integer'));
  if (lendablePercent < 0 || lendablePercent > 100)
    problems.push(invalid(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive'));
  return problems;
}

function validateResponse(response: LimitResponse | undefined, path: string): FieldError[] {
  const { type, queuing } = response ?? {};
  if (type === 'Reject') return queuing ? [forbidden(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')] : [];
  if (type !== 'Queue') return [notSupported(`${path}.type`, type ?? '', ['Queue', 'Reject'])];
  return queuing
    ? validateQueues(queuing, `${path}.queuing`)
    : [required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')];
}

function validateQueues({ queueLengthLimit = 0, queues = 0, handSize = 0 }: QueuingConfiguration, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (queueLengthLimit <= 0) problems.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) problems.push(invalid(`${path}.queues`, queues, 'must be positive'));
  else if (queues > maxQueues) problems.push(invalid(`${path}.queues`, queues, `must not be greater than ${maxQueues}`));
  if (handSize <= 0) return [...problems, invalid(`${path}.handSize`, handSize, 'must be positive')];
  if (handSize > queues) problems.push(invalid(`${path}.handSize`, handSize, `should not be greater than queues (${queues})`));
  const bits = Math.log2(queues) * handSize;
  if (handSize <= queues && bits > 60)
    problems.push(
      invalid(
        `${path}.handSize`,
        handSize,
        `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than 60`,
      ),
    );
  return problems;
}

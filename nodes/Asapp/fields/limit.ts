import { switchField } from './choice';
import { when } from './field';
import { numberField } from './number';

const returnAll = switchField({
  displayName: 'Return All',
  name: 'returnAll',
  type: 'boolean',
  default: false,
  description: 'Whether to return all results or only up to a given limit',
});

/** The fields that every list has. */
export const limitFields = {
  returnAll,
  limit: when(
    returnAll,
    [false],
    numberField(
      {
        displayName: 'Limit',
        name: 'limit',
        type: 'number',
        typeOptions: { minValue: 1 },
        default: 50,
        description: 'Max number of results to return',
      },
      { minimum: 1, maximum: 100_000, fallback: 50, isWhole: true },
    ),
  ),
};

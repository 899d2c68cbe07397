import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { analyzeParameters } from '../support/parameters';

const asapp = useAsapp();

/** `+` succeeds, the others fail: as not found, or as too many requests. */
const INPUTS = { '+': 'A1', n: 'FAULT404', r: 'FAULT429RETRYAFTER0' } as const;
type Letter = keyof typeof INPUTS;
const SCENARIOS: Letter[][] = [
  ['+', '+'],
  ['n', 'r'],
  ['+', 'n', '+', 'r'],
  ['r', '+'],
];

const ERROR_HANDLING = ['onError', 'branches'] as const;
const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;
const SWITCH = [false, true];

/** Every combination of the settings that shape the output, with every scenario. */
const COMBINATIONS = ERROR_HANDLING.flatMap((errorHandling) =>
  ON_ERROR.flatMap((onError) =>
    SWITCH.flatMap((retryOnFail) =>
      SWITCH.flatMap((alwaysOutputData) =>
        SWITCH.flatMap((executeOnce) =>
          SCENARIOS.map((scenario) => ({
            errorHandling,
            onError,
            retryOnFail,
            alwaysOutputData,
            executeOnce,
            scenario,
          })),
        ),
      ),
    ),
  ),
);

type Combination = (typeof COMBINATIONS)[number];

/**
 * What design and n8n promise for a combination: the letters on each output, `0` for the empty item of Always Output
 * Data, or 'stopped'. Retry On Fail changes nothing here: what fails in these scenarios fails again.
 */
function promised({
  errorHandling,
  onError,
  alwaysOutputData,
  executeOnce,
  scenario,
}: Combination): string[] | 'stopped' {
  const letters = executeOnce ? scenario.slice(0, 1) : scenario;
  const only = (wanted: string) => letters.filter((letter) => wanted.includes(letter)).join('');
  const outputs = {
    branches: [only('+'), '', only('r'), '', only('n'), ...(onError === 'continueErrorOutput' ? [''] : [])],
    stopWorkflow: [letters.join('')],
    continueRegularOutput: [letters.join('')],
    continueErrorOutput: [only('+'), only('nr')],
  }[errorHandling === 'branches' ? 'branches' : onError];
  if (errorHandling === 'onError' && onError === 'stopWorkflow' && only('nr') !== '') return 'stopped';
  return outputs[0] === '' && alwaysOutputData ? ['0', ...outputs.slice(1)] : outputs;
}

function lettersOf(items: INodeExecutionData[]): string {
  return items.map(letterOf).join('');
}

function letterOf({ json }: INodeExecutionData): string {
  const { kind } = (json.error ?? {}) as IDataObject;
  if (kind !== undefined) return kind === 'notFound' ? 'n' : 'r';
  return json.conversationId === undefined ? '0' : '+';
}

test.each(COMBINATIONS.map((combination) => [nameOf(combination), combination] as const))(
  '%s',
  async (_name, combination) => {
    const { errorHandling, scenario, ...settings } = combination;
    const node: Partial<INode> = { ...settings, maxTries: 2, waitBetweenTries: 1 };
    const { outputs, error } = await runAsapp(asapp, {
      parameters:
        errorHandling === 'branches'
          ? branchParameters()
          : analyzeParameters({ conversationId: '={{ $json.id }}' }),
      items: scenario.map((letter) => ({ id: INPUTS[letter] })),
      node,
    });
    expect(error === undefined ? outputs.map(lettersOf) : 'stopped').toEqual(promised(combination));
    for (const { json, pairedItem } of outputs.flat()) {
      if (json.error === undefined && json.conversationId === undefined) continue;
      const { item } = pairedItem as { item: number };
      expect(json.id ?? json.conversationId).toBe(INPUTS[scenario[item] ?? '+']);
    }
  },
);

function nameOf({
  errorHandling,
  onError,
  retryOnFail,
  alwaysOutputData,
  executeOnce,
  scenario,
}: Combination): string {
  const on = Object.entries({ retryOnFail, alwaysOutputData, executeOnce }).flatMap(([name, value]) =>
    value ? [name] : [],
  );
  return [errorHandling, onError, ...on, scenario.join('')].join(' ');
}

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { ERROR_KINDS } from '../errors/errorKinds';
import { IN_DOUBT } from './branches';

/** What a row can take as a list to choose from, by name: the kinds, and the doubt that several of them can be. */
const errorOptions: INodePropertyOptions[] = [
  ...Object.entries(ERROR_KINDS).map(([value, row]) => ({
    name: 'status' in row ? `${row.name} (${row.status})` : row.name,
    value,
    description: row.when,
  })),
  {
    name: 'In Doubt',
    value: IN_DOUBT,
    description:
      'ASAPP may have accepted the item although no success came back. Such an item goes here, whatever its kind.',
  },
].sort((a, b) => (a.name < b.name ? -1 : 1));

/** An agent sees the first output of its tool and no other. An n8n that does not know this name takes it for false. */
const IS_TOOL = { '@tool': [true] };

/**
 * `errorHandling` and the rows of `errorBranches`. No expression may be used in them: they shape the node's outputs,
 * which n8n computes once for the node and not for each item.
 */
export const branchFields: INodeProperties[] = [
  {
    displayName: 'Error Handling',
    name: 'errorHandling',
    type: 'options',
    noDataExpression: true,
    displayOptions: { hide: IS_TOOL },
    options: [
      {
        name: "As 'On Error' Says",
        value: 'onError',
        description: "Follow 'On Error' in the node's settings: stop the workflow, or continue",
      },
      {
        name: 'Own Branches',
        value: 'branches',
        description: 'Give each way to fail an output of its own; a failed item never stops the workflow',
      },
    ],
    default: 'onError',
    description: 'What happens to an item that ASAPP refuses or that could not be sent',
  },
  {
    displayName:
      "Each branch is an output of this node; what matches none leaves on 'Other Errors'. A branch that you add comes last and moves no connection. Connections stay at the place of an output: after you remove or sort branches, check them on the canvas.",
    name: 'errorBranchesNotice',
    type: 'notice',
    default: '',
    displayOptions: { show: { errorHandling: ['branches'] }, hide: IS_TOOL },
  },
  {
    displayName: 'Error Branches',
    name: 'errorBranches',
    type: 'fixedCollection',
    noDataExpression: true,
    typeOptions: { multipleValues: true, sortable: true },
    placeholder: 'Add Branch',
    displayOptions: { show: { errorHandling: ['branches'] }, hide: IS_TOOL },
    description: 'From top to bottom, the first branch that matches takes the item',
    default: {
      branch: [
        { name: 'Check First', errors: [IN_DOUBT, 'replyTimeout', 'conflict'], codes: '', words: '' },
        {
          name: 'Retry Later',
          errors: [
            'tooManyRequests',
            'serviceUnavailable',
            'internalServerError',
            'connectionFailed',
            'timeout',
          ],
          codes: '',
          words: '',
        },
        {
          name: 'Fix Request',
          errors: ['invalidInput', 'badRequest', 'requestEntityTooLarge', 'unprocessableEntity'],
          codes: '',
          words: '',
        },
        { name: 'Not Found', errors: ['notFound'], codes: '', words: '' },
        {
          name: 'Check Key',
          errors: ['unauthorized', 'forbidden', 'credentialUnusable'],
          codes: '',
          words: '',
        },
      ],
    },
    options: [
      {
        displayName: 'Branch',
        name: 'branch',
        values: [
          {
            displayName: 'Name',
            name: 'name',
            type: 'string',
            noDataExpression: true,
            default: '',
            placeholder: 'e.g. Retry Later',
            description:
              'Shown at the output on the canvas, which has room for about 12 letters, and as errorBranch on each item that leaves there',
          },
          {
            displayName: 'Errors',
            name: 'errors',
            type: 'multiOptions',
            noDataExpression: true,
            options: errorOptions,
            default: [],
            description:
              "The ways to fail that this branch takes. 'In Doubt' goes before all others: ASAPP may have accepted the item.",
          },
          {
            displayName: 'ASAPP Codes',
            name: 'codes',
            type: 'string',
            noDataExpression: true,
            default: '',
            placeholder: 'e.g. 400-03, 429-*',
            description:
              "ASAPP's error codes that this branch takes too, separated by commas. A * at the end stands for anything.",
          },
          {
            displayName: 'Message Words',
            name: 'words',
            type: 'string',
            noDataExpression: true,
            default: '',
            placeholder: 'e.g. not enabled, quota*',
            description:
              "Words of the error's message that this branch takes too, separated by commas; capitals make no difference. A * at the end stands for the rest of a word.",
          },
        ],
      },
    ],
  },
];

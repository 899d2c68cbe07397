import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { components } from '../../contract';
import { invalidInput } from '../../errors/asappError';
import { shown } from '../../errors/quoted';
import { oneOf } from '../../input/choice';
import type { ItemParameters, Label } from '../../input/ItemParameters';
import {
  assertCarriable,
  assertNotAllEmpty,
  assertToken,
  credentialObject,
  namedCredentials,
  token,
} from '../../input/credentials';
import { isEmptyObject, jsonObject, plainObject } from '../../input/json';
import { conversationId, optionalId, requiredId, typeNameOf } from '../../input/text';
import {
  conversationIdField,
  customerExternalIdField,
  fieldsOrJson,
  streamIdField,
  waitForReplyField,
} from '../commonFields';
import type { Operation } from '../operation';

type AuthenticateRequest = components['schemas']['AuthenticateRequest'];
type CustomerAuth = components['schemas']['CustomerAuth'];

const fields: INodeProperties[] = [
  conversationIdField,
  customerExternalIdField,
  fieldsOrJson(
    'authInput',
    'Specify Customer Credentials',
    'How to enter what ASAPP presents to your systems on behalf of the customer',
  ),
  {
    displayName: 'Customer Credentials',
    name: 'auth',
    type: 'collection',
    placeholder: 'Add Credential',
    default: {},
    displayOptions: { show: { authInput: ['fields'] } },
    description:
      'What ASAPP presents to your systems on behalf of the customer. At least one is needed; agree on the parts with your ASAPP account team.',
    options: [
      {
        displayName: 'Body',
        name: 'body',
        type: 'json',
        default: '{}',
        placeholder: 'e.g. {"accountNumber": "12345"}',
        description: 'JSON object whose values go into the body of the calls that ASAPP makes',
      },
      {
        displayName: 'Cookies',
        name: 'cookies',
        type: 'fixedCollection',
        typeOptions: { multipleValues: true },
        placeholder: 'Add Cookie',
        default: {},
        description: 'Cookies of the calls that ASAPP makes',
        options: [
          {
            displayName: 'Cookie',
            name: 'entry',
            values: [
              {
                displayName: 'Name',
                name: 'name',
                type: 'string',
                default: '',
                placeholder: 'e.g. session',
                description: 'Name of the cookie',
              },
              {
                displayName: 'Value',
                name: 'value',
                type: 'string',
                typeOptions: { password: true },
                default: '',
                description: 'Value of the cookie, without line breaks',
              },
            ],
          },
        ],
      },
      {
        displayName: 'Headers',
        name: 'headers',
        type: 'fixedCollection',
        typeOptions: { multipleValues: true },
        placeholder: 'Add Header',
        default: {},
        description: 'Request headers of the calls that ASAPP makes',
        options: [
          {
            displayName: 'Header',
            name: 'entry',
            values: [
              {
                displayName: 'Name',
                name: 'name',
                type: 'string',
                default: '',
                placeholder: 'e.g. X-Customer-Session',
                description: 'Name of the header',
              },
              {
                displayName: 'Value',
                name: 'value',
                type: 'string',
                typeOptions: { password: true },
                default: '',
                description: 'Value of the header, without line breaks',
              },
            ],
          },
        ],
      },
      {
        displayName: 'Token',
        name: 'token',
        type: 'string',
        typeOptions: { password: true },
        default: '',
        placeholder: 'e.g. cGFzc3dvcmQ=',
        description: 'Access token of the customer',
      },
    ],
  },
  {
    displayName: 'Customer Credentials (JSON)',
    name: 'authJson',
    type: 'json',
    required: true,
    default: '',
    placeholder: 'e.g. {"token": "cGFzc3dvcmQ="}',
    hint: 'Take the values from expressions: what is typed here is saved with the workflow and can be read by anyone who may open it.',
    displayOptions: { show: { authInput: ['json'] } },
    description:
      'JSON object with at least one of token (text), headers, cookies and body (objects). Further keys are sent as they are.',
  },
  waitForReplyField(
    'Whether to wait until GenerativeAgent has gone on with the conversation and add what it said to the item. Turn on only when GenerativeAgent has asked for the authentication: otherwise it has nothing to say.',
  ),
];

/** `POST /conversation/v1/conversations/{conversationId}/authenticate`, https://docs.asapp.com/apis/conversations/authenticate-a-user-in-a-conversation */
export const authenticate: Operation = {
  option: {
    name: 'Authenticate',
    value: 'authenticate',
    action: 'Authenticate customer in conversation',
    description: "Hand an end customer's credentials to a conversation",
  },
  fields,
  options: [streamIdField],
  successStatus: 204,
  toRequest(parameters) {
    const id = conversationId(parameters);
    const streamId = optionalId(parameters, 'options.streamId', { displayName: 'Stream ID' });
    const body: AuthenticateRequest = {
      customerExternalId: requiredId(parameters, 'customerExternalId', {
        displayName: 'Customer External ID',
      }),
      auth: customerAuth(parameters),
      ...(streamId === undefined ? {} : { streamId }),
    };
    return {
      path: `/conversation/v1/conversations/${id}/authenticate`,
      conversationId: id,
      body: () => body,
      // Storing the same credentials again changes nothing.
      idempotent: true,
      secret: body.auth,
    };
  },
  readSuccess(_answer, sentBody, parameters) {
    const { customerExternalId } = sentBody as AuthenticateRequest;
    return { json: { conversationId: conversationId(parameters), customerExternalId, authenticated: true } };
  },
};

const SECRET = { secret: true };

function customerAuth(parameters: ItemParameters): CustomerAuth {
  const input = oneOf(parameters, 'authInput', { displayName: 'Specify Customer Credentials' }, [
    'fields',
    'json',
  ]);
  return input === 'json' ? authFromJson(parameters) : authFromFields(parameters);
}

function authFromFields(parameters: ItemParameters): CustomerAuth {
  const label = (displayName: string): Label => ({ displayName, ...SECRET });
  const parts = {
    token: token(parameters, 'auth.token', label('Token')),
    headers: namedCredentials(parameters, 'auth.headers.entry', label('Headers'), 'header'),
    cookies: namedCredentials(parameters, 'auth.cookies.entry', label('Cookies'), 'cookie'),
    body: credentialObject(parameters, 'auth.body', label('Body')),
  };
  const auth: CustomerAuth = Object.fromEntries(
    Object.entries(parts).filter(([, part]) => part !== undefined),
  );
  if (isEmptyObject(auth)) {
    throw invalidInput(
      "'Customer Credentials' is empty: add at least one of Token, Headers, Cookies or Body",
    );
  }
  return auth;
}

const CARRIERS = { headers: 'header', cookies: 'cookie' } as const;

function authFromJson(parameters: ItemParameters): CustomerAuth {
  const label: Label = { displayName: 'Customer Credentials (JSON)', ...SECRET };
  const auth: IDataObject = jsonObject(parameters, 'authJson', label) ?? {};
  const labelOf = (part: string): Label => ({ displayName: `${label.displayName} → ${part}`, ...SECRET });
  const filled = Object.entries(auth).filter(([, value]) => !isEmptyPart(value));
  if (filled.length === 0) {
    throw invalidInput(
      `'${label.displayName}' is empty: give at least one of token, headers, cookies or body`,
    );
  }
  if (auth.token !== undefined) {
    if (typeof auth.token !== 'string') {
      throw invalidInput(
        `'${label.displayName}' must have text as its token; this item has ${typeNameOf(auth.token)}`,
      );
    }
    assertToken(auth.token, labelOf('token'));
  }
  for (const part of ['headers', 'cookies', 'body'] as const) {
    if (auth[part] === undefined) continue;
    const values = plainObject(auth[part], labelOf(part));
    if (part !== 'body') assertCarriable(values, labelOf(part), CARRIERS[part]);
  }
  for (const [part, value] of filled) assertNotAllEmpty(value, labelOf(shown(part)));
  return auth;
}

/** Without a name in it, nothing can be missing from it. */
function isEmptyPart(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isEmptyObject(value);
}

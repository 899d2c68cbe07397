import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { invalidInput } from '../errors/asappError';
import { shown } from '../errors/quoted';
import { collectionField } from './collection';
import {
  assertCarriable,
  assertNotAllEmpty,
  assertToken,
  credentialField,
  credentialObject,
  namedCredentials,
  type Carrier,
} from './credentials';
import { secret, type Field } from './field';
import type { ItemParameters, Label } from './ItemParameters';
import { isEmptyObject, jsonObject, plainObject } from './json';
import { typeNameOf } from './text';

const tokenField = credentialField(
  {
    displayName: 'Token',
    name: 'token',
    type: 'string',
    typeOptions: { password: true },
    default: '',
    placeholder: 'e.g. cGFzc3dvcmQ=',
    description: 'Access token of the customer',
  },
  true,
);

const bodyField: Field<IDataObject | undefined> = {
  properties: [
    {
      displayName: 'Body',
      name: 'body',
      type: 'json',
      default: '{}',
      placeholder: 'e.g. {"accountNumber": "12345"}',
      hint: 'e.g. {"accountNumber": "12345"}',
      description: 'JSON object whose values go into the body of the calls that ASAPP makes',
    },
  ],
  read: (item, { name, label }) => credentialObject(item, name, label),
};

const cookiesField = namedCredentialsField(
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
  'cookie',
);

const headersField = namedCredentialsField(
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
  'header',
);

const parts = collectionField(
  {
    displayName: 'Customer Credentials',
    name: 'auth',
    type: 'collection',
    placeholder: 'Add Credential',
    default: {},
    description:
      'What ASAPP presents to your systems on behalf of the customer. At least one is needed; agree on the parts with your ASAPP account team.',
  },
  {
    body: secret(bodyField),
    cookies: secret(cookiesField),
    headers: secret(headersField),
    token: secret(tokenField),
  },
);

/** Customer Credentials in fields of their own: at least one of them. */
export const authField = secret<IDataObject>({
  properties: parts.properties,
  read: (item, at) => {
    const { token: text, headers, cookies, body } = parts.read(item, at);
    const auth = Object.fromEntries(
      Object.entries({ token: text, headers, cookies, body }).filter(([, part]) => part !== undefined),
    );
    if (isEmptyObject(auth)) {
      throw invalidInput(
        `'${at.label.displayName}' is empty: add at least one of Token, Headers, Cookies or Body`,
      );
    }
    return auth;
  },
});

/** Customer Credentials as one JSON object. */
export const authJsonField = secret<IDataObject>({
  properties: [
    {
      displayName: 'Customer Credentials (JSON)',
      name: 'authJson',
      type: 'json',
      required: true,
      default: '{}',
      placeholder: 'e.g. {"token": "cGFzc3dvcmQ="}',
      hint: 'e.g. {"token": "cGFzc3dvcmQ="}. Take the values from expressions: what is typed here is saved with the workflow and can be read by anyone who may open it.',
      description:
        'JSON object with at least one of token (text), headers, cookies and body (objects). Further keys are sent as they are.',
    },
  ],
  read: (item, { name, label }) => authFromJson(item, name, label),
});

function namedCredentialsField(property: INodeProperties, carrier: Carrier): Field<IDataObject | undefined> {
  return {
    properties: [property],
    read: (item, { name, label }) => namedCredentials(item, `${name}.entry`, label, carrier),
  };
}

const CARRIERS = { headers: 'header', cookies: 'cookie' } as const;

function authFromJson(parameters: ItemParameters, name: string, label: Label): IDataObject {
  const auth: IDataObject = jsonObject(parameters, name, label) ?? {};
  const labelOf = (part: string): Label => ({ ...label, displayName: `${label.displayName} → ${part}` });
  const given = Object.entries(auth).filter(([, value]) => !isEmptyPart(value));
  if (given.length === 0) {
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
  for (const [part, value] of given) assertNotAllEmpty(value, labelOf(shown(part)));
  return auth;
}

/** Without a name in it, nothing can be missing from it. */
function isEmptyPart(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isEmptyObject(value);
}

import { choiceField, optionalChoiceField } from '../../fields/choice';
import { collectionField } from '../../fields/collection';
import { externalConversationId, taskName } from '../../fields/common';
import { countryField } from '../../fields/country';
import { credentialField } from '../../fields/credentials';
import { secret, when } from '../../fields/field';
import { idField, optionalIdField } from '../../fields/text';
import { textRowsField } from '../../fields/textRows';
import { operation } from '../operation';
import { transferOf } from './output';

const transferType = choiceField(
  {
    displayName: 'Transfer Type',
    name: 'transferType',
    description: 'How the call gets to GenerativeAgent',
  },
  [
    {
      name: 'Phone Number',
      value: 'PHONE_NUMBER',
      description: 'By a phone number that ASAPP lends for a minute',
    },
    { name: 'SIP', value: 'SIP', description: 'By the Session Initiation Protocol' },
  ],
  'PHONE_NUMBER',
);

const sip = collectionField(
  {
    displayName: 'SIP',
    name: 'sip',
    type: 'collection',
    placeholder: 'Add SIP Setting',
    default: {},
    description: 'How the call comes back when GenerativeAgent is done',
  },
  {
    password: secret(
      credentialField({
        displayName: 'Password',
        name: 'password',
        type: 'string',
        typeOptions: { password: true },
        default: '',
        placeholder: 'e.g. {{ $json.password }}',
        description: 'Password for a return by INVITE, if the return address asks for one',
      }),
    ),
    returnTransferType: optionalChoiceField(
      {
        displayName: 'Return Transfer Type',
        name: 'returnTransferType',
        description: 'What GenerativeAgent does with the call at its end',
      },
      [
        { name: 'BYE', value: 'BYE', description: 'Hang up' },
        { name: 'INVITE', value: 'INVITE', description: 'Call the return address and stay on the line' },
        { name: 'REFER', value: 'REFER', description: 'Refer the caller to the return address' },
      ],
    ),
    returnUri: optionalIdField({
      displayName: 'Return URI',
      name: 'returnUri',
      type: 'string',
      default: '',
      placeholder: 'e.g. sip:transfer@example.com:5060',
      description: 'Where the call goes back to. Needed for REFER and INVITE.',
    }),
    username: credentialField({
      displayName: 'Username',
      name: 'username',
      type: 'string',
      default: '',
      placeholder: 'e.g. sip-user',
      description: 'User name for a return by INVITE, if the return address asks for one',
    }),
  },
);

const fields = {
  transferId: idField({
    displayName: 'Transfer ID',
    name: 'transferId',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'e.g. call-0032318833',
    description: 'An ID of your own for this one transfer. Use another one for each attempt.',
  }),
  externalConversationId,
  transferType,
  country: when(transferType, ['PHONE_NUMBER'], countryField),
  sip: when(transferType, ['SIP'], sip),
};

const options = {
  inputVariables: textRowsField(
    {
      displayName: 'Input Variables',
      name: 'inputVariables',
      description: 'Context that tasks can read. For a call, the values are text.',
    },
    { displayName: 'Variable', placeholder: 'e.g. plan' },
  ),
  taskName,
};

/** https://docs.asapp.com/apis/generativeagent/create-call-transfer */
export const create = operation({
  option: {
    name: 'Create',
    value: 'create',
    action: 'Create call transfer',
    description: 'Announce a phone call that is handed over to GenerativeAgent',
  },
  endpoint: 'createCallTransfer',
  fields,
  options,
  request: ({ transferId: id, externalConversationId: conversation, transferType: type, ...values }) => ({
    body: () => ({
      id,
      externalConversationId: conversation,
      type,
      phoneNumber: values.country === undefined ? undefined : { country: values.country },
      sip: values.sip === undefined ? undefined : sipOf(values.sip),
      inputContext:
        values.taskName === undefined && values.inputVariables === undefined
          ? undefined
          : { taskName: values.taskName, inputVariables: values.inputVariables },
    }),
  }),
  effect: 'once',
  lane: 'transferId',
  output: (_values, answer) => transferOf(answer),
});

type Sip = ReturnType<typeof sip.read>;

function sipOf({ returnTransferType, returnUri, username, password }: Sip) {
  const returnInviteAuthentication =
    username === undefined && password === undefined ? undefined : { username, password };
  return { returnTransferType, returnUri, returnInviteAuthentication };
}

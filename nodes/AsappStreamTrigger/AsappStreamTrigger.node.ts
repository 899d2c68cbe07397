import {
  NodeOperationError,
  type INodeType,
  type INodeTypeDescription,
  type ITriggerFunctions,
  type ITriggerResponse,
} from 'n8n-workflow';

import { outputsExpression } from '../Asapp/events/eventOutputs';
import { triggerFields } from '../Asapp/events/triggerFields';
import { plainText, whyNoText } from '../Asapp/transport/plainText';
import { receiveEvents } from './receiveEvents';
import { readStreamOptions, streamOptions } from './streamOptions';

/** Starts a workflow with the events of one GenerativeAgent event stream, which it holds open. */
export class AsappStreamTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'ASAPP Stream Trigger',
    name: 'asappStreamTrigger',
    icon: { light: 'file:../../icons/asapp.svg', dark: 'file:../../icons/asapp.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle: '={{ $parameter["streamId"] }}',
    description: "Starts the workflow with the events of a stream of ASAPP's GenerativeAgent",
    eventTriggerDescription:
      "The stream is open. In another tab, run an Analyze with the same 'Stream ID' under 'Options': the first event will appear here.",
    activationMessage: "The stream is open. Put its 'Stream ID' into Analyze and Authenticate.",
    defaults: { name: 'ASAPP Stream Trigger' },
    inputs: [],
    outputs: outputsExpression,
    credentials: [{ name: 'asappApi', required: true }],
    properties: [
      {
        displayName:
          'Choose a Stream ID, and enter the same one under <b>Options > Stream ID</b> of Analyze and Authenticate. What GenerativeAgent says then arrives here. Nothing else has to be set up.',
        name: 'setupNotice',
        type: 'notice',
        default: '',
      },
      {
        displayName: 'Stream ID',
        name: 'streamId',
        type: 'string',
        required: true,
        default: '',
        placeholder: 'e.g. n8n-support',
        description:
          "A name of your choice. The events of every Analyze and Authenticate with the same 'Stream ID' come here.",
      },
      ...triggerFields(streamOptions),
    ],
  };

  async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
    const given = this.getNodeParameter('streamId', '');
    const streamId = plainText(given);
    if (streamId === '') throw new NodeOperationError(this.getNode(), whyNoText('Stream ID', given));
    const receiver = receiveEvents(this, streamId, readStreamOptions(this));
    if (this.getMode() === 'manual') {
      // n8n is ready for events only after this function has returned; it then waits for the first one.
      return { manualTriggerFunction: receiver.open, closeFunction: receiver.close };
    }
    await receiver.open();
    return { closeFunction: receiver.close };
  }
}

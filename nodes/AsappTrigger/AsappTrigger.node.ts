import {
  NodeOperationError,
  type ICredentialsDecrypted,
  type ICredentialTestFunctions,
  type IHookFunctions,
  type INodeCredentialTestResult,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';

import { outputsExpression } from '../Asapp/events/eventOutputs';
import { outputsFor, triggerFields } from '../Asapp/events/triggerFields';
import { readCall } from './webhookRequest';
import { readWebhookSecret } from './webhookSecret';

/** What n8n's response object is, as far as an answer needs it. */
interface RawResponse {
  writeHead(status: number, headers: Record<string, string>): RawResponse;
  end(body: string): void;
}

/** Starts a workflow when ASAPP calls its webhook with events of GenerativeAgent. */
export class AsappTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'ASAPP Trigger',
    name: 'asappTrigger',
    icon: { light: 'file:../../icons/asapp.svg', dark: 'file:../../icons/asapp.dark.svg' },
    group: ['trigger'],
    version: 1,
    subtitle:
      '={{ $parameter["events"].length === 1 ? $parameter["events"][0] : $parameter["events"].length + " events" }}',
    // n8n lists this trigger and the node as one, with this text.
    description:
      "Let ASAPP's GenerativeAgent read and answer customer conversations, and act on what it says",
    eventTriggerDescription: 'Waiting for ASAPP to call the test URL',
    activationMessage: 'Events that ASAPP sends to the production URL now start this workflow.',
    defaults: { name: 'ASAPP Trigger' },
    inputs: [],
    outputs: outputsExpression,
    credentials: [
      {
        name: 'asappWebhookApi',
        required: true,
        testedBy: 'usableSecret',
        displayOptions: { show: { authentication: ['headerSecret', 'querySecret'] } },
      },
    ],
    webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
    properties: [
      {
        displayName:
          "ASAPP's team has to set up the webhook: give the production URL, and the secret, to your account team. To start without them, use the <b>ASAPP Stream Trigger</b> instead.",
        name: 'setupNotice',
        type: 'notice',
        default: '',
      },
      {
        displayName: 'Authentication',
        name: 'authentication',
        type: 'options',
        options: [
          {
            name: 'Secret in Header',
            value: 'headerSecret',
            description: 'Only calls with the secret in a header are accepted',
          },
          {
            name: 'Secret in URL Parameter',
            value: 'querySecret',
            description: 'Only calls with the secret in the URL are accepted; proxies may log it',
          },
          {
            name: 'None',
            value: 'none',
            description: 'Whoever knows the URL can start the workflow',
          },
        ],
        default: 'headerSecret',
        description: 'How ASAPP proves that a call is its own',
      },
      ...triggerFields(),
    ],
  };

  methods = {
    credentialTest: {
      /** There is no address to try the secret at; what can be told is whether a call could carry it. */
      async usableSecret(
        this: ICredentialTestFunctions,
        { data }: ICredentialsDecrypted,
      ): Promise<INodeCredentialTestResult> {
        try {
          readWebhookSecret(data ?? {});
        } catch (error) {
          return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
        }
        return { status: 'OK', message: 'A call can carry this secret' };
      },
    },
  };

  webhookMethods = {
    default: {
      /** ASAPP has no call that lists webhooks, so n8n goes on to `create` with each activation. */
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return false;
      },
      /** ASAPP's team registers the webhook. What can go wrong here is a secret that no call could ever have. */
      async create(this: IHookFunctions): Promise<boolean> {
        if (this.getNodeParameter('authentication') === 'none') return true;
        try {
          readWebhookSecret(await this.getCredentials('asappWebhookApi'));
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new NodeOperationError(
            this.getNode(),
            `The ASAPP Webhook credential cannot be used: ${reason}`,
          );
        }
        return true;
      },
      /** As ASAPP's team registered the webhook, they have to remove it; until then n8n answers its calls with 404. */
      async delete(this: IHookFunctions): Promise<boolean> {
        return true;
      },
    },
  };

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    const call = await readCall(this);
    if ('status' in call) {
      const { status, message } = call;
      const body = JSON.stringify({ error: { message } });
      const response = this.getResponseObject() as RawResponse;
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      return { noWebhookResponse: true };
    }
    if (call.skipped > 0) this.logger.warn(`${call.skipped} parts of a call from ASAPP were no events`);
    const workflowData = outputsFor(this, call.events);
    return workflowData === undefined ? {} : { workflowData };
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { HookContext, WebhookContext } from 'n8n-core';
import {
  NodeHelpers,
  type IDataObject,
  type IHookFunctions,
  type INodeExecutionData,
  type INodeParameters,
  type IWebhookData,
  type IWebhookFunctions,
  type IWorkflowExecuteAdditionalData,
  type Workflow,
} from 'n8n-workflow';

import type { NodePackage } from '../../scripts/engine/nodePackage';
import { additionalDataFor } from './triggerContext';
import { triggerWorkflow, type Credentials } from './triggerWorkflow';

/** The ASAPP Trigger behind a real HTTP server. */
export interface WebhookServer {
  url: string;
  /** What the trigger let into the workflow, by call and output. */
  runs: INodeExecutionData[][][];
  /** Names of the node's outputs on the canvas. */
  outputNames: Array<string | undefined>;
  /** What n8n has stored of the node. */
  staticData: IDataObject;
  /** Activates the webhook; throws what activating the workflow would show. */
  activate(): Promise<void>;
  close(): Promise<void>;
}

let processes = 0;

/**
 * Serves the built node in n8n-core's own WebhookContext. What stands before that in n8n is done here as n8n does it: a
 * JSON or text body is parsed, anything else is left to the node (packages/cli/src/middlewares/body-parser.ts), and the
 * answer is n8n's (packages/cli/src/webhooks/webhook-helpers.ts). Each call gets a Workflow of its own, and of an active
 * webhook n8n stores the first change of the static data only. Each server is a process of its own to the node;
 * `stored` is what one before left.
 */

export async function serveTrigger(
  nodePackage: NodePackage,
  parameters: INodeParameters,
  credentials: Credentials,
  stored: IDataObject = {},
): Promise<WebhookServer> {
  const id = `webhook-workflow-${++processes}`;
  let staticData = stored;
  const load = () =>
    triggerWorkflow(nodePackage, 'asappTrigger', parameters, { id, staticData: structuredClone(staticData) });
  const { workflow, node } = load();
  const nodeType = nodePackage.nodeTypes.getByNameAndVersion(node.type, 1);
  const [webhookDescription] = nodeType.description.webhooks ?? [];
  if (webhookDescription === undefined) throw new Error('The node has no webhook');
  const runs: INodeExecutionData[][][] = [];
  const webhookData = {
    httpMethod: 'POST',
    node: node.name,
    path: 'webhook',
    webhookDescription,
    workflowId: 'w',
    workflowExecuteAdditionalData: {} as IWorkflowExecuteAdditionalData,
  } as IWebhookData;

  const server = createServer((request, response) => {
    void call(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  async function call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const rawBody = Buffer.concat(chunks);
    const contentType = request.headers['content-type']?.split(';')[0];
    const { searchParams } = new URL(request.url ?? '', 'http://127.0.0.1');
    let body: unknown = {};
    if (contentType === 'application/json' && rawBody.length > 0) {
      try {
        body = JSON.parse(rawBody.toString().replace(/^\uFEFF/, ''));
      } catch {
        response.writeHead(422).end(JSON.stringify({ message: 'Failed to parse request body' }));
        return;
      }
    } else if (contentType === 'text/plain') {
      body = rawBody.toString();
    }
    Object.assign(request, {
      body,
      rawBody,
      contentType,
      query: Object.fromEntries(searchParams),
      params: {},
    });
    const additionalData = {
      ...additionalDataFor(nodePackage, credentials, node),
      httpRequest: request,
      httpResponse: response,
    } as unknown as IWorkflowExecuteAdditionalData;
    const { workflow: ofCall } = load();
    const context = new WebhookContext(ofCall, node, additionalData, 'webhook', webhookData, [], null);
    const result = await nodeType.webhook?.call(context as unknown as IWebhookFunctions);
    if (Object.keys(staticData).length === 0) staticData = structuredClone(staticDataOf(ofCall));
    if (result?.noWebhookResponse === true) return;
    if (result?.workflowData !== undefined) runs.push(result.workflowData);
    const message = result?.workflowData === undefined ? 'Webhook call received' : 'Workflow was started';
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ message }));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`,
    runs,
    outputNames: NodeHelpers.getNodeOutputs(workflow, node, nodeType.description).map((output) =>
      typeof output === 'string' ? undefined : output.displayName,
    ),
    get staticData() {
      return staticData;
    },
    async activate() {
      const additionalData = additionalDataFor(nodePackage, credentials, node);
      const context = new HookContext(workflow, node, additionalData, 'internal', 'activate', webhookData);
      const methods = nodeType.webhookMethods?.default;
      const hook = context as unknown as IHookFunctions;
      if ((await methods?.checkExists?.call(hook)) !== true) await methods?.create?.call(hook);
      await methods?.delete?.call(hook);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What n8n would store of a workflow, without the marks that it keeps in there. */
function staticDataOf({ staticData }: Workflow): IDataObject {
  return JSON.parse(JSON.stringify(staticData)) as IDataObject;
}

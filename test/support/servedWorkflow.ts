import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { WebhookContext } from 'n8n-core';
import {
  Workflow,
  type IN8nHttpFullResponse,
  type INodeExecutionData,
  type IWebhookData,
  type IWebhookFunctions,
  type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { runWorkflow, type WorkflowFile } from '../../scripts/engine/runWorkflow';
import type { Asapp } from './asapp';
import { additionalDataFor } from './triggerContext';

const WEBHOOK = 'n8n-nodes-base.webhook';

/** A workflow that a real HTTP server runs at each call. */
export interface ServedWorkflow {
  url: string;
  close(): Promise<void>;
}

/**
 * Runs a workflow with a Webhook node at each call with JSON, and answers what its Respond to Webhook answers; 500 if
 * the workflow ended without, as n8n does.
 */
export async function serveWorkflow(asapp: Asapp, file: WorkflowFile): Promise<ServedWorkflow> {
  const { nodePackage } = asapp;
  const node = file.nodes.find(({ type }) => type === WEBHOOK);
  if (node === undefined) throw new Error(`The workflow "${file.name}" has no webhook`);
  const { nodeTypes } = nodePackage;
  const workflow = new Workflow({ ...file, id: 'w', active: true, nodeTypes });
  const nodeType = nodeTypes.getByNameAndVersion(node.type, node.typeVersion);

  async function itemsOf(request: IncomingMessage, response: ServerResponse): Promise<INodeExecutionData[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown;
    Object.assign(request, { body, query: {}, params: {} });
    const additionalData = {
      ...additionalDataFor(nodePackage, {}, node!),
      httpRequest: request,
      httpResponse: response,
    } as unknown as IWorkflowExecuteAdditionalData;
    const webhook = { node: node!.name, workflowId: 'w' } as IWebhookData;
    const context = new WebhookContext(workflow, node!, additionalData, 'webhook', webhook, [], null);
    const result = await nodeType.webhook?.call(context as unknown as IWebhookFunctions);
    return result?.workflowData?.[0] ?? [];
  }

  const server = createServer((request, response) => {
    const send = ({ statusCode, body }: Pick<IN8nHttpFullResponse, 'statusCode' | 'body'>) =>
      response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    void itemsOf(request, response)
      .then(async (items) => {
        const call = { node: node.name, items, onResponse: send };
        const credentials = { asappApi: asapp.credential() };
        await runWorkflow(nodePackage, file, { credentials, call });
        if (!response.writableEnded) send({ statusCode: 500, body: { message: 'Error in workflow' } });
      })
      .catch((error: unknown) => send({ statusCode: 500, body: { message: String(error) } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

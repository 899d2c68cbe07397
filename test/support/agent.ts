import {
  NodeConnectionTypes,
  type EngineRequest,
  type EngineResponse,
  type IDataObject,
  type IExecuteFunctions,
  type INode,
  type INodeExecutionData,
  type INodeType,
} from 'n8n-workflow';

import { runWorkflow, type WorkflowFile } from '../../scripts/engine/runWorkflow';
import type { Asapp } from './asapp';

/** A call of a tool that the agent's model asks for. */
export interface ToolCall {
  tool: string;
  input?: IDataObject;
}

/**
 * The two ways in which n8n's agents call tools: `engine` runs each call as a node of its own (AI Agent 3),
 * `invoke` calls the tool from inside the agent (AI Agent 1 and 2, AI Agent Tool, MCP Server Trigger).
 */
export type ToolWay = 'engine' | 'invoke';

/** What the agent saw of its calls, for each of its items in order. */
export async function agentRun(
  asapp: Asapp,
  way: ToolWay,
  calls: ToolCall[],
  { tools, items = [{}] }: { tools: INode[]; items?: IDataObject[] },
): Promise<unknown[][]> {
  const agent: INode = {
    id: 'agent',
    name: 'Agent',
    type: 'test.agent',
    typeVersion: 1,
    position: [0, 0],
    parameters: {},
  };
  const start = { ...agent, id: 'items', name: 'Items', type: 'n8n-nodes-base.manualTrigger' };
  const workflow: WorkflowFile = {
    name: 'Agent',
    nodes: [start, agent, ...tools],
    connections: {
      Items: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
      ...Object.fromEntries(
        tools.map(({ name }) => [name, { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] }]),
      ),
    },
    pinData: { Items: items.map((json) => ({ json })) },
  };
  const { nodeTypes } = asapp.nodePackage;
  const type = agentType(way === 'engine' ? callByEngine(calls) : callByInvoke(calls));
  const nodePackage = {
    ...asapp.nodePackage,
    nodeTypes: {
      ...nodeTypes,
      getByNameAndVersion: (name: string, version?: number) =>
        name === agent.type ? type : nodeTypes.getByNameAndVersion(name, version),
    },
  };
  const run = await runWorkflow(nodePackage, workflow, { credentials: { asappApi: asapp.credential() } });
  const task = run.data.resultData.runData.Agent?.at(-1);
  if (task?.data === undefined) throw task?.error ?? new Error('The agent did not run');
  return (task.data.main?.[0] ?? []).map(({ json }) => json.seen as unknown[]);
}

function agentType(execute: NonNullable<INodeType['execute']>): INodeType {
  return {
    description: {
      displayName: 'Agent',
      name: 'agent',
      group: ['transform'],
      version: 1,
      description: '',
      defaults: {},
      inputs: [NodeConnectionTypes.Main, NodeConnectionTypes.AiTool],
      outputs: [NodeConnectionTypes.Main],
      properties: [],
    },
    execute,
  };
}

function callByEngine(calls: ToolCall[]): NonNullable<INodeType['execute']> {
  return async function (
    this: IExecuteFunctions,
    response?: EngineResponse,
  ): Promise<INodeExecutionData[][] | EngineRequest> {
    const items = this.getInputData();
    if (response !== undefined && response.actionResponses.length > 0) {
      const seenBy = items.map((_, itemIndex) =>
        response.actionResponses
          .filter(({ action }) => (action.metadata as { itemIndex: number }).itemIndex === itemIndex)
          .map(({ data }) => (data.data?.ai_tool?.[0] ?? []).map(({ json }) => json)),
      );
      return [seenBy.map((seen) => ({ json: { seen } }))];
    }
    return {
      actions: items.flatMap((_, itemIndex) =>
        calls.map(({ tool, input = {} }, index) => ({
          actionType: 'ExecutionNodeAction' as const,
          nodeName: tool,
          input,
          type: NodeConnectionTypes.AiTool,
          id: `call-${itemIndex}-${index}`,
          metadata: { itemIndex },
        })),
      ),
      metadata: {},
    };
  };
}

/** n8n 1 gives tools no metadata; there the node's name is the tool's, but for spaces. */
interface Tool {
  name: string;
  metadata?: { sourceNodeName: string };
  invoke(input: IDataObject): Promise<string>;
}

function callByInvoke(calls: ToolCall[]): NonNullable<INodeType['execute']> {
  return async function (this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const output: INodeExecutionData[] = [];
    for (const itemIndex of this.getInputData().keys()) {
      const tools = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, itemIndex)) as Tool[];
      const seen: unknown[] = [];
      for (const { tool: name, input = {} } of calls) {
        const tool = tools.find((one) => (one.metadata?.sourceNodeName ?? one.name) === name);
        if (tool === undefined) throw new Error(`The agent has no tool "${name}"`);
        seen.push(JSON.parse(await tool.invoke(input)) as unknown);
      }
      output.push({ json: { seen } as IDataObject });
    }
    return [output];
  };
}

import 'reflect-metadata';

import { PackageDirectoryLoader } from 'n8n-core';
import {
  deepCopy,
  NodeConnectionTypes,
  type ICredentialType,
  type INodeType,
  type INodeTypes,
  type IVersionedNodeType,
} from 'n8n-workflow';

import { CORE_NODES } from './coreNodes';

/** A built community package, loaded by n8n's own loader from its `package.json`. */
export interface NodePackage {
  nodeTypes: INodeTypes;
  credentialType(name: string): ICredentialType;
}

/** Loads the package in `directory`; its node types are named `<package>.<node>`, as in a running n8n. */
export async function loadNodePackage(directory: string): Promise<NodePackage> {
  const loader = new PackageDirectoryLoader(directory);
  await loader.loadAll();
  const types = new Map<string, INodeType | IVersionedNodeType>(Object.entries(CORE_NODES));
  for (const [name, { type }] of Object.entries(loader.nodeTypes)) {
    types.set(`${loader.packageName}.${name}`, type);
    if ('execute' in type && type.description.usableAsTool !== undefined) {
      types.set(`${loader.packageName}.${name}Tool`, asTool(type));
    }
  }
  const byName = (name: string) => {
    const type = types.get(name);
    if (type === undefined)
      throw new Error(`This workflow has a node of type "${name}", which only a whole n8n can run`);
    return type;
  };
  return {
    nodeTypes: {
      getByName: byName,
      getByNameAndVersion: (name, version) => {
        const type = byName(name);
        return 'nodeVersions' in type ? type.getNodeType(version) : type;
      },
      getKnownTypes: () => ({}),
    },
    credentialType: (name) => loader.getCredential(name).type,
  };
}

/** The node as a tool of an AI agent, made as n8n makes it (packages/cli/src/tool-generation/ai-tools.ts of n8n). */
function asTool(type: INodeType): INodeType {
  const { outputs: _outputs, ...description } = type.description;
  const tool: INodeType = Object.create(type) as INodeType;
  tool.description = {
    ...deepCopy(description),
    name: `${description.name}Tool`,
    displayName: `${description.displayName} Tool`,
    inputs: [],
    outputs: [NodeConnectionTypes.AiTool],
  };
  return tool;
}

// A Stryker plugin that leaves out what no test could notice.
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

import { NOT_MUTATED } from './rooms.mjs';

function shouldIgnore(path) {
  if (
    path.isExpressionStatement() &&
    path.toString().startsWith('Object.defineProperty(exports, "__esModule"')
  )
    return 'The compiler writes it';
  const name = path.isVariableDeclarator() || path.isFunctionDeclaration() ? path.node.id?.name : undefined;
  return NOT_MUTATED.includes(name) ? 'Its source text goes into an expression of n8n' : undefined;
}

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'unnoticeable', { shouldIgnore })];

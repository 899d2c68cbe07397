// A Stryker plugin: what the compiler writes around a module is not ours, and nothing could notice a change of it.
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

const shouldIgnore = (path) =>
  path.isExpressionStatement() && path.toString().startsWith('Object.defineProperty(exports, "__esModule"')
    ? 'Written by the compiler'
    : undefined;

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'moduleFrame', { shouldIgnore })];

import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The rooms of the node, and from which others each may import: arrows go down only (docs/architecture.md). */
const ARROWS = {
  run: ['operations', 'outputs', 'events', 'fields', 'errors', 'delivery', 'looks', 'transport'],
  operations: ['fields', 'transport'],
  outputs: ['errors'],
  events: ['errors', 'delivery', 'transport'],
  fields: ['errors'],
  errors: ['transport'],
  delivery: [],
  looks: [],
  transport: [],
};

const importRules = Object.entries(ARROWS).map(([room, allowed]) => {
  const forbidden = Object.keys(ARROWS).filter((other) => other !== room && !allowed.includes(other));
  const regex = `^\\.\\./((\\.\\./)*(${forbidden.join('|')})(/|$)|.*\\.node$)`;
  const message = `${room}/ may import from ${allowed.join(', ') || 'no other room'} only`;
  return {
    files: [`nodes/Asapp/${room}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
  };
});

// Both rule sets n8n scans a package with before it verifies it.
const community = n8nCommunityNodesPlugin.configs.recommended;
const { configs: base } = n8nNodesBase;

const strictness = {
  '@typescript-eslint/no-explicit-any': 'error',
  // `const { secret, ...rest } = value` is how a field is left out.
  '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.cache/', '.mutants/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  // The package itself. n8n's scan ignores inline configuration, so it is forbidden here.
  {
    files: ['{nodes,credentials}/**/*.ts'],
    extends: [community, tseslint.configs.strictTypeChecked],
    plugins: { 'n8n-nodes-base': n8nNodesBase },
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { noInlineConfig: true },
    rules: {
      'no-console': 'error',
      'max-lines': ['error', 300],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // n8n asks for a promise where there is nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Operations, fields and options are plain objects of functions; none of these looks at `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      ...strictness,
    },
  },
  { files: ['nodes/Asapp/contract.ts'], rules: { 'max-lines': 'off' } },
  ...importRules,
  // The rules that are off are off in n8n's scan as well.
  {
    files: ['credentials/**/*.ts'],
    rules: {
      ...base.credentials.rules,
      'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
      'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
    },
  },
  {
    files: ['nodes/**/*.ts'],
    rules: {
      ...base.nodes.rules,
      'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
      'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
      'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
    },
  },
  // The rules for JSON files walk the syntax tree that the TypeScript parser makes of them.
  {
    files: ['package.json', 'nodes/**/*.json'],
    extends: [community],
    languageOptions: { parser: tseslint.parser },
  },
  {
    files: ['package.json'],
    plugins: { 'n8n-nodes-base': n8nNodesBase },
    rules: base.community.rules,
  },

  // Everything around it.
  {
    files: ['{sandbox,scripts,test,bench}/**/*.{ts,js,mjs}', '*.{js,mjs}'],
    extends: [js.configs.recommended, tseslint.configs.recommended],
    languageOptions: { globals: globals.node },
    rules: strictness,
  },
  { files: ['sandbox/page/files/*.js'], languageOptions: { globals: globals.browser } },
  {
    files: ['*.js'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);

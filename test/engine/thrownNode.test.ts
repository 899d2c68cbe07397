import { inspect } from 'node:util';

import type { INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { authenticateParameters } from '../support/parameters';

const asapp = useAsapp();

const TOKEN = 'typed-token-4711';
const JSON_AUTH = { authInput: 'json', authJson: `{"token": "${TOKEN}"}` };
const SIP: INodeParameters = {
  resource: 'callTransfer',
  operation: 'create',
  transferId: 'T1',
  externalConversationId: 'FAULT422',
  transferType: 'SIP',
  sip: { username: 'sip-user', password: TOKEN },
};
const MALFORMED = {
  errorHandling: 'branches',
  errorBranches: { branch: [{ name: 'Mine', errors: [], codes: 'abc' }] },
};
const REFUSED = { conversationId: 'FAULT422' };

test.each([
  ['refused, credentials in fields', authenticateParameters({ ...REFUSED, auth: { token: TOKEN } })],
  ['refused, credentials as JSON', authenticateParameters({ ...REFUSED, ...JSON_AUTH })],
  ['malformed codes', authenticateParameters({ ...MALFORMED, auth: { token: TOKEN } })],
  ['malformed codes, credentials as JSON', authenticateParameters({ ...MALFORMED, ...JSON_AUTH })],
  ['malformed codes, SIP password', { ...SIP, ...MALFORMED }],
  ['an option out of range', authenticateParameters({ auth: { token: TOKEN }, options: { timeout: 0 } })],
])('a thrown error is stored without what was typed into a secret field: %s', async (_name, parameters) => {
  const { error } = await runAsapp(asapp, { parameters });
  expect(error).toBeDefined();
  const stored = JSON.stringify(error) + inspect(error, { depth: 9, showHidden: true });
  expect(stored).toContain('operation');
  expect(stored).not.toContain(TOKEN);
});

import { newWorkflow, searchNode } from './support/editor';
import { sharedN8n } from './support/n8n';
import { useEditor } from './support/suite';

const editor = useEditor(sharedN8n());

const WORDS = [
  'message',
  'summary',
  'transfer',
  'state',
  'generative agent',
  'authenticate',
  'support',
  'handoff',
  'reply',
  'chat',
];

test.each(WORDS)('searching "%s" finds the node', async (word) => {
  const { page } = editor;
  await newWorkflow(page);
  await searchNode(page, word);
  const names = page.getByTestId('node-creator-item-name');
  await names.filter({ hasText: /^ASAPP$/ }).waitFor();
});

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Login } from './restApi';

/**
 * The login of the owner of the n8n in a user folder, made up on first use. It is not the same everywhere: who signs in
 * to n8n may run code, and any page in the person's browser could try a password that this repository knows.
 */
export function ownerLogin(userFolder: string): Login {
  const file = join(userFolder, 'login.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Login;
  // n8n wants a capital letter and a digit.
  const login = { email: 'owner@example.com', password: `N8n-${randomBytes(9).toString('base64url')}` };
  writeFileSync(file, `${JSON.stringify(login)}\n`, { mode: 0o600 });
  return login;
}

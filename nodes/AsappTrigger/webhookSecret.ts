import { createHash, timingSafeEqual } from 'node:crypto';

import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { plainText, whyNoText } from '../Asapp/transport/plainText';

/** The credential `asappWebhookApi`, read: `name` of the header or URL parameter, and what it must be. */
export interface WebhookSecret {
  name: string;
  secret: string;
}

/** Characters of a header's name (RFC 9110, 5.6.2). */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Reads the credential.
 *
 * @throws Error that names the field if no call could ever carry the secret.
 */
export function readWebhookSecret({ secretName, secret }: ICredentialDataDecryptedObject): WebhookSecret {
  // Both are pasted; what stands around them is no part of them.
  const name = plainText(secretName);
  const value = plainText(secret);
  if (!NAME.test(name)) {
    throw new Error("'Secret Name' must be the name of a header, e.g. x-asapp-webhook-secret");
  }
  if (value === '') throw new Error(whyNoText('Secret', secret));
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new Error("'Secret' has a space or a character that a header cannot carry");
  }
  return { name, secret: value };
}

/** Whether two texts are the same. How long it takes tells nothing about either, not even their length. */
export function isSameSecret(given: unknown, expected: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { invalidInput } from '../errors/asappError';
import { quotedAscii } from '../errors/quoted';
import type { Field } from './field';
import { requiredId } from './text';

/** A country in two letters of ISO 3166, as ASAPP wants it for a phone number. */
export const countryField: Field<string> = {
  properties: [
    {
      displayName: 'Country',
      name: 'country',
      type: 'string',
      required: true,
      default: 'US',
      placeholder: 'e.g. US',
      description: 'Country of the phone number, in two letters (ISO 3166)',
    },
  ],
  read: (item, { name, label }) => {
    const country = requiredId(item, name, label).trim().toUpperCase();
    if (/^[A-Z]{2}$/.test(country)) return country;
    throw invalidInput(
      `'${label.displayName}' must be two letters such as US or GB (ISO 3166); this item has ${quotedAscii(country)}`,
    );
  },
};

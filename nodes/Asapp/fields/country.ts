import type { Field } from './field';
import { inForm, requiredId } from './text';

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
    return inForm(country, /^[A-Z]{2}$/, 'two letters such as US or GB (ISO 3166)', label);
  },
};

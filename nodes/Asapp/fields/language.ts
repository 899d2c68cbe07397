import type { Field } from './field';
import { inForm, optionalId } from './text';

/** The tag of a language; as it goes into a header, nothing else may stand in it. */
export const languageField: Field<string | undefined> = {
  properties: [
    {
      displayName: 'Language',
      name: 'language',
      type: 'string',
      default: '',
      placeholder: 'e.g. en-US',
      description: 'Language of the text; empty is the default of your account',
    },
  ],
  read: (item, { name, label }) => {
    const tag = optionalId(item, name, label)?.trim();
    return tag && inForm(tag, /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i, 'a language such as en or en-US', label);
  },
};

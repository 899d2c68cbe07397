import { choiceField, type ListProperty } from './choice';
import { propertiesOf, readField, when, type Field } from './field';

/** A value under the one name that was chosen for it. */
export type Named<Name extends string> = Name extends string ? { [Key in Name]: string } : never;

/**
 * A choice between IDs, with a field for each of them that is shown only when it is chosen. `ids` are the fields by their
 * parameter's name, the first is the default; the value has that name, too.
 */
export function findByField<const Name extends string>(
  property: Omit<ListProperty, 'displayName' | 'name'>,
  ids: Record<Name, Field<string>>,
): Field<Named<Name>> {
  const names = Object.keys(ids) as [Name, ...Name[]];
  const choices = names.map((value) => ({ name: ids[value].properties[0].displayName, value }));
  const choice = choiceField<Name>(
    // With an expression here, n8n would show, and require, the IDs of every operation that has such a choice.
    { ...property, displayName: 'Find By', name: 'findBy', noDataExpression: true },
    choices,
    names[0],
  );
  const fields = Object.fromEntries(names.map((name) => [name, when(choice, [name], ids[name])]));
  return {
    properties: [...choice.properties, ...propertiesOf(fields)],
    read: (item, at) => {
      const name = choice.read(item, at);
      return { [name]: readField(ids[name], item) } as Named<Name>;
    },
    ids: (value) => names.filter((name) => name in value).map((name) => ids[name].properties[0].displayName),
  };
}

/**
 * The layout of every row type as TypeScript constants, read from an object's BTF: a map's value type, and the type of
 * every global that exists for its layout. Input is what `bpftool -j btf dump file` prints.
 */

interface BtfMember {
  name: string;
  type_id: number;
  bits_offset: number;
}

interface BtfType {
  id: number;
  kind: string;
  name: string;
  size?: number;
  nr_elems?: number;
  type_id?: number;
  members?: BtfMember[];
  values?: { name: string; val: number }[];
}

interface Field {
  type: 'u32' | 'u64' | 'chars';
  offset: number;
  length?: number;
}

/** One object's row types and enumerations. */
export interface ObjectLayouts {
  signal: string;
  structs: Map<string, { size: number; rows: number; fields: Map<string, Field> }>;
  enums: Map<string, Map<string, number>>;
}

/** include/uapi/linux/bpf.h. In BTF, `__uint(setting, N)` is a pointer to an array of N elements. */
const BPF_F_MMAPABLE = 1024;

/** Throws where a row has a field of a type the exporter has no reader for. */
export function layoutsOf(signal: string, dump: { types: BtfType[] }): ObjectLayouts {
  const byId = new Map(dump.types.map((type) => [type.id, type]));
  const layouts: ObjectLayouts = { signal, structs: new Map(), enums: new Map() };

  const resolve = (id: number | undefined): BtfType => {
    const type = byId.get(id ?? 0);
    if (!type) throw new Error(`${signal}: BTF type ${id} is missing`);
    return ['TYPEDEF', 'VOLATILE', 'CONST', 'PTR'].includes(type.kind) ? resolve(type.type_id) : type;
  };

  const field = (row: string, { name, type_id, bits_offset }: BtfMember): Field => {
    const type = resolve(type_id);
    const offset = bits_offset / 8;
    if (type.kind === 'ARRAY') {
      const element = resolve(type.type_id);
      const kind = element.size === 1 ? 'chars' : element.size === 4 ? 'u32' : 'u64';
      return { type: kind, offset, length: type.nr_elems ?? 0 };
    }
    if (type.kind === 'ENUM') {
      layouts.enums.set(type.name, new Map((type.values ?? []).map(({ name, val }) => [name, val])));
      return { type: 'u32', offset };
    }
    if (type.kind !== 'INT' || (type.size !== 4 && type.size !== 8))
      throw new Error(`${signal}: ${row}.${name} is a ${type.kind} that rows cannot hold`);
    return { type: type.size === 4 ? 'u32' : 'u64', offset };
  };

  const add = (struct: BtfType, rows: number): void => {
    const fields = new Map((struct.members ?? []).map((member) => [member.name, field(struct.name, member)]));
    layouts.structs.set(struct.name, { size: struct.size ?? 0, rows, fields });
  };

  const variables = dump.types.filter(({ kind }) => kind === 'VAR');
  for (const variable of variables) {
    const type = resolve(variable.type_id);
    if (type.kind !== 'STRUCT') continue;
    const setting = (name: string): BtfType | undefined => {
      const member = type.members?.find((each) => each.name === name);
      return member && resolve(member.type_id);
    };
    const rows = setting('max_entries')?.nr_elems ?? 0;
    if (type.name !== '(anon)') add(type, 0);
    else if ((setting('map_flags')?.nr_elems ?? 0) & BPF_F_MMAPABLE) add(setting('value')!, rows);
  }
  return layouts;
}

const literal = (entries: Iterable<[string, string | number]>): string =>
  `{ ${[...entries].map(([key, value]) => `${key}: ${value}`).join(', ')} }`;

export function printLayouts(objects: ObjectLayouts[]): string {
  const lines = ['// Written by `npm run bpf` from the BTF of bpf/prebuilt/. Do not edit.', ''];
  for (const { signal, structs, enums } of objects) {
    if (structs.size + enums.size === 0) continue;
    lines.push(`// ${signal}.bpf.o`, '');
    for (const [name, values] of enums) lines.push(`export const ${name} = ${literal(values)} as const;`, '');
    for (const [name, { size, rows, fields }] of structs) {
      lines.push(`export const ${name} = {`, `  size: ${size},`, `  rows: ${rows},`, '  fields: {');
      for (const [fieldName, { type, offset, length }] of fields) {
        const entries: [string, string | number][] = [
          ['type', `'${type}'`],
          ['offset', offset],
        ];
        if (length !== undefined) entries.push(['length', length]);
        lines.push(`    ${fieldName}: ${literal(entries)},`);
      }
      lines.push('  },', '} as const;', '');
    }
  }
  return lines.join('\n');
}

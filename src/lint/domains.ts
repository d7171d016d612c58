import type { ColumnType } from './world/column-type.ts';
import type { World } from './world/world.ts';

/** A domain with a CHECK or NOT NULL, its own or that of the domain it is made of. Arrays of it are not checked. */
export function isConstrainedDomain(type: ColumnType, world: World): boolean {
  const domain = type.array ? undefined : world.findType(type);
  if (domain?.kind !== 'domain') return false;
  return (
    domain.notNull || domain.constraints.length > 0 || (domain.base !== null && isConstrainedDomain(domain.base, world))
  );
}

/** What a domain is made of in the end; other types as they are. */
export function baseOf(type: ColumnType, world: World): ColumnType {
  const base = type.array ? null : (world.findType(type)?.base ?? null);
  return base === null ? type : baseOf(base, world);
}

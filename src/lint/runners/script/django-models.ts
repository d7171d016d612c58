import { quoted } from '../../names.ts';
import type { DjangoField } from './django-fields.ts';

interface Model {
  readonly table: string | null;
  readonly fields: ReadonlyMap<string, DjangoField>;
}

const unknown: Model = { table: null, fields: new Map() };

/** The models of an app, as its migrations leave them one after the other: their tables, and what is known of their fields. */
export class DjangoModels {
  readonly #app: string;
  readonly #models = new Map<string, Model>();

  constructor(app: string) {
    this.#app = app;
  }

  /** Its name in SQL. */
  tableOf(model: string): string {
    const name = model.toLowerCase();
    return quoted(this.#of(name).table ?? (this.#app === '' ? name : `${this.#app}_${name}`));
  }

  /** The table of `shop.Order`, or of `Order` of this app. */
  tableOfLabel(label: string): string {
    const [first = '', second] = label.split('.');
    if (second === undefined) return this.tableOf(first);
    return first === this.#app ? this.tableOf(second) : quoted(label.replace('.', '_').toLowerCase());
  }

  /** Its table has a name of its own, which stays when the model is renamed. */
  isNamed(model: string): boolean {
    return this.#of(model).table !== null;
  }

  fieldOf(model: string, name: string): DjangoField | undefined {
    return this.#of(model).fields.get(name);
  }

  columnOf(model: string, name: string): string {
    return quoted(this.fieldOf(model, name)?.column ?? name);
  }

  /** A table's name may have quotes of its own. */
  named(model: string, table: string): void {
    this.#put(model, { table: table.replaceAll('"', '') });
  }

  has(model: string, name: string, field: DjangoField): void {
    this.#put(model, { fields: new Map([...this.#of(model).fields, [name, field]]) });
  }

  renamed(model: string, to: string): void {
    this.#put(to, this.#of(model));
    this.#models.delete(model.toLowerCase());
  }

  #of(model: string): Model {
    return this.#models.get(model.toLowerCase()) ?? unknown;
  }

  #put(model: string, change: Partial<Model>): void {
    this.#models.set(model.toLowerCase(), { ...this.#of(model), ...change });
  }
}

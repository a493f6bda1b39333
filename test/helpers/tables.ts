/**
 * Finds every table that an object holds, however deep: each Map, Set and array in its fields, private ones too, and if
 * asked for in what its functions have closed over. Nobody has to name a table for it to be found, so that a new one
 * that is never emptied is noticed. Private fields are read by the inspector that every process of Node has.
 */
import { EventEmitter } from 'node:events';
import { type Runtime, Session } from 'node:inspector';

/**
 * How many entries the tables of each name have, all together. A name is that of the class and its field: `Asks.#owed`.
 */
export type Tables = ReadonlyMap<string, number>;

export interface TablesOptions {
  /** Whether to look into what functions have closed over. */
  readonly intoFunctions?: boolean;
  /** Called with every text that is found, and with what has it. */
  readonly onText?: (text: string, name: string) => void;
  /** What is not looked into. */
  readonly except?: readonly object[];
}

/** An object that was found, and its name. */
interface Found {
  readonly value: unknown;
  readonly name: string;
}

export function tablesIn(
  root: object,
  { intoFunctions = false, onText, except = [] }: TablesOptions = {},
): Tables {
  const tables = new Map<string, number>();
  const seen = new Set<unknown>(except);
  const inspector = new Inspector();
  const open: Found[] = [{ value: root, name: root.constructor.name }];
  try {
    // Breadth first, so that an object that can be reached in several ways has the name of the shortest.
    for (const { value, name } of open) {
      if (typeof value === 'string') onText?.(value, name);
      if (!isObject(value) || seen.has(value)) continue;
      seen.add(value);
      if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
        tables.set(name, (tables.get(name) ?? 0) + sizeOf(value));
        open.push(...entriesOf(value, name));
      } else if (typeof value === 'function') {
        if (intoFunctions) open.push(...inspector.closure(value, name));
      } else if (!isForeign(value)) {
        open.push(...fieldsOf(value, name, inspector));
      }
    }
  } finally {
    inspector.end();
  }
  return tables;
}

/**
 * The tables that have more than they had before, as `name: how much`, sorted.
 *
 * @param mayHold how many entries some tables may have; `name.*` stands for everything in that table
 */
export function grown(
  before: Tables,
  after: Tables,
  mayHold: Readonly<Record<string, number>> = {},
): string[] {
  const insides = Object.keys(mayHold).filter((name) => name.endsWith('.*'));
  const left: string[] = [];
  for (const [name, size] of after) {
    const most = Math.max(before.get(name) ?? 0, mayHold[name] ?? 0);
    const isInside = insides.some((inside) => name.startsWith(inside));
    if (size > most && !isInside) left.push(`${name}: ${size}`);
  }
  return left.sort();
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function sizeOf(table: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | readonly unknown[]): number {
  return 'size' in table ? table.size : table.length;
}

function* entriesOf(
  table: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | readonly unknown[],
  name: string,
): Iterable<Found> {
  const isMap = table instanceof Map;
  for (const entry of table) {
    for (const value of isMap && Array.isArray(entry) ? entry : [entry]) yield { value, name: `${name}.*` };
  }
}

/** Whether an object is one of Node's own, or holds only bytes or a time. Such objects are not looked into. */
function isForeign(value: object): boolean {
  if (ArrayBuffer.isView(value) || value instanceof EventEmitter) return true;
  const text = Object.prototype.toString.call(value);
  return text !== '[object Object]' || ['Timeout', 'Immediate'].includes(value.constructor?.name);
}

function* fieldsOf(value: object, name: string, inspector: Inspector): Iterable<Found> {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === Object.prototype || prototype === null;
  const owner = isPlain ? name : value.constructor.name;
  for (const [field, { value: content }] of Object.entries(Object.getOwnPropertyDescriptors(value)))
    yield { value: content, name: `${owner}.${field}` };
  if (!isPlain) yield* inspector.privateFields(value, owner);
}

/** The global property by which objects are handed to the inspector, and its findings are taken back. */
const exchange: { value: unknown; found: readonly unknown[] } = { value: undefined, found: [] };
const exchangeName = '__hearsayTablesExchange';
const group = 'tables';

class Inspector {
  readonly #session = new Session();

  constructor() {
    Object.defineProperty(globalThis, exchangeName, { value: exchange, configurable: true });
    this.#session.connect();
  }

  end(): void {
    this.#session.post('Runtime.releaseObjectGroup', { objectGroup: group });
    this.#session.disconnect();
    Object.assign(exchange, { value: undefined, found: [] });
    Reflect.deleteProperty(globalThis, exchangeName);
  }

  privateFields(value: object, owner: string): Found[] {
    const { privateProperties = [] } = this.#propertiesOf(this.#handleOf(value));
    const fields = privateProperties.filter((field) => field.value?.objectId !== undefined);
    const values = this.#take(fields.map((field) => field.value?.objectId));
    const found = fields.map((field, i) => ({ value: values[i], name: `${owner}.${field.name}` }));
    for (const { name, value } of privateProperties)
      if (value?.type === 'string') found.push({ value: value.value, name: `${owner}.${name}` });
    return found;
  }

  /** What a function has closed over: the variables of the functions around it that it, or one beside it, uses. */
  closure(value: object, name: string): Found[] {
    const { internalProperties = [] } = this.#propertiesOf(this.#handleOf(value));
    const scopes = internalProperties.find((property) => property.name === '[[Scopes]]')?.value?.objectId;
    if (scopes === undefined) return [];
    const found: Found[] = [];
    for (const { value: scope } of this.#propertiesOf(scopes).result) {
      if (!scope?.objectId || !/^(Closure|Block)/.test(scope.description ?? '')) continue;
      const variables = this.#propertiesOf(scope.objectId).result.filter((one) => one.value?.objectId);
      const values = this.#take(variables.map((variable) => variable.value?.objectId));
      variables.forEach((variable, i) => {
        found.push({ value: values[i], name: `${name}()${variable.name}` });
      });
    }
    return found;
  }

  #handleOf(value: unknown): string {
    exchange.value = value;
    const { result } = this.#ask<Runtime.EvaluateReturnType>('Runtime.evaluate', {
      expression: `globalThis.${exchangeName}.value`,
      objectGroup: group,
    });
    if (result.objectId === undefined) throw new Error('the inspector does not see an object');
    return result.objectId;
  }

  #propertiesOf(objectId: string): Runtime.GetPropertiesReturnType & {
    readonly privateProperties?: readonly { readonly name: string; readonly value?: Runtime.RemoteObject }[];
  } {
    return this.#ask('Runtime.getProperties', { objectId, ownProperties: true });
  }

  /** The objects that handles of the inspector stand for. */
  #take(handles: readonly (string | undefined)[]): readonly unknown[] {
    const [first] = handles;
    if (first === undefined) return [];
    this.#ask('Runtime.callFunctionOn', {
      objectId: first,
      functionDeclaration: `function (...values) { globalThis.${exchangeName}.found = values; }`,
      arguments: handles.map((objectId) => ({ objectId })),
      objectGroup: group,
    });
    return exchange.found;
  }

  /** Asks the inspector. In the same process the answer is there at once. */
  #ask<T>(method: string, params: object): T {
    let answer: T | undefined;
    this.#session.post(method, params, (error: Error | null, result?: object) => {
      if (error) throw new Error(`${method}: ${error.message}`);
      answer = result as T;
    });
    if (answer === undefined) throw new Error(`${method} was not answered at once`);
    return answer;
  }
}

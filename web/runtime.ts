/**
 * The page at work: holds the state, hands every event to the core, and does what the core asks for.
 */
import { Connection, type ConnectionHost } from './core/connection.js';
import { type Effect, initialState, type PageEvent, type State } from './core/state.js';
import { update } from './core/update.js';

export type Dispatch = (event: PageEvent) => void;

export class Runtime {
  #state = initialState;
  readonly #connection: Connection;

  /** @param onChange called after every event that changed the state */
  constructor(
    host: ConnectionHost,
    private readonly onChange: () => void,
  ) {
    this.#connection = new Connection(host, {
      connecting: () => this.dispatch({ type: 'link-connecting' }),
      opened: () => this.dispatch({ type: 'link-open' }),
      lost: () => this.dispatch({ type: 'link-lost' }),
      heard: (message) => this.dispatch({ type: 'heard', message }),
    });
  }

  get state(): State {
    return this.#state;
  }

  readonly dispatch: Dispatch = (event) => {
    const before = this.#state;
    const { state, effects } = update(before, event, Date.now());
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (this.#state !== before) this.onChange();
  };

  /** The network is back, or somebody looks at the page again. */
  wake(): void {
    this.#connection.wake();
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'connect':
        this.#connection.connect();
        break;
      case 'disconnect':
        this.#connection.disconnect();
        break;
      case 'send':
        this.#connection.send(effect.message);
        break;
      case 'wait':
        setTimeout(() => this.dispatch(effect.then), effect.ms);
    }
  }
}

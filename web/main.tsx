/** The browser client: joins the core, the components and the browser. */
import { render } from 'preact';
import { channelInAddress, showInAddress } from './address.js';
import { browserHost } from './browser-host.js';
import { App } from './components/App.js';
import type { State } from './core/state.js';
import { pageTitle } from './core/status.js';
import { type Place, rememberedName, rememberedPlace, rememberPlace } from './memory.js';
import { Runtime } from './runtime.js';

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no element with the id "page"');

const firstName = rememberedName();
const firstChannel = channelInAddress() || 'lobby';
const runtime = new Runtime(browserHost, schedule);

let scheduled: (() => void) | undefined;
let shown: State | undefined;

/** However much happens, the page is drawn once a frame; a hidden tab has no frames, but a title. */
function schedule(): void {
  if (scheduled) return;
  if (document.hidden) {
    const timer = setTimeout(draw, 100);
    scheduled = () => clearTimeout(timer);
  } else {
    const frame = requestAnimationFrame(draw);
    scheduled = () => cancelAnimationFrame(frame);
  }
}

function draw(): void {
  scheduled?.();
  scheduled = undefined;
  const { state, dispatch } = runtime;
  if (!root || state === shown) return;
  shown = state;
  render(<App state={state} dispatch={dispatch} firstName={firstName} firstChannel={firstChannel} />, root);
  document.title = pageTitle(state);
  const place = placeOf(state);
  rememberPlace(place);
  if (state.phase === 'inside' && place) showInAddress(place.current);
}

/** Where a reload of this tab is to come back to: a channel, for of talks with single users nothing is kept. */
function placeOf({ phase, me, channels, current }: State): Place | undefined {
  if (phase === 'door' || current === undefined) return undefined;
  const [first] = channels.keys();
  const channel = channels.has(current) ? current : first;
  return channel === undefined ? undefined : { name: me, channels: [...channels.keys()], current: channel };
}

function onVisibility(): void {
  const visible = !document.hidden;
  runtime.dispatch({ type: 'visibility', visible });
  if (visible) runtime.wake();
  draw();
}

document.addEventListener('visibilitychange', onVisibility);
window.addEventListener('online', () => runtime.wake());
window.addEventListener('pageshow', ({ persisted }) => persisted && runtime.wake());
window.addEventListener('hashchange', () => {
  const channel = channelInAddress();
  if (channel !== '' && runtime.state.phase === 'inside') runtime.dispatch({ type: 'join', channel });
});

const place = rememberedPlace();
if (place) {
  const current = channelInAddress() || place.current;
  runtime.dispatch({ type: 'enter', ...place, current, returning: true });
}
onVisibility();

#!/usr/bin/env node
import { runServer } from './lib/run-server.js';

await runServer('websock-server', 'A Hearsay server for browsers (WebSocket), with the page they need.', [
  'websocket',
]);

#!/usr/bin/env node
import { runServer } from './lib/run-server.js';

await runServer('full-server', 'A Hearsay server for terminal clients (TCP) and browsers (WebSocket).', [
  'client',
  'websocket',
]);

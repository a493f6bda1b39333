#!/usr/bin/env node
import { runClient } from './lib/client/run-client.js';

await runClient('websock-client', 'A Hearsay client for the terminal, over WebSocket.', 'websocket');

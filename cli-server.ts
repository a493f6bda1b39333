#!/usr/bin/env node
import { runServer } from './lib/run-server.js';

await runServer('cli-server', 'A Hearsay server for terminal clients (TCP).', ['client']);

#!/usr/bin/env node
import { main } from '../dist/cli/main.js';
import { refuseOtherDecoders } from '../dist/platform/node/image-decoders.js';

refuseOtherDecoders();

process.exitCode = await main(process.argv.slice(2));

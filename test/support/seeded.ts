import fc from 'fast-check';
import { byChance } from './chance.ts';

fc.configureGlobal({ seed: byChance('properties', 2 ** 31) });
